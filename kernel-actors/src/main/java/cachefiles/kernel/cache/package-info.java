/// The cache behind the device file: bound and unbound, its limits, its volumes, and who uses which cookie. Pure.
@NullMarked
package cachefiles.kernel.cache;

import org.jspecify.annotations.NullMarked;
