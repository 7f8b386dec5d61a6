/// The request table and the slot of each object's handle: who is handed what, and whose answer counts. Pure.
@NullMarked
package cachefiles.kernel.device;

import org.jspecify.annotations.NullMarked;
