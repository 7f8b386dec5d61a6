/// The shells of the kernel's side: they translate in, call a core, perform out, and decide nothing.
@NullMarked
package cachefiles.kernel.actor;

import org.jspecify.annotations.NullMarked;
