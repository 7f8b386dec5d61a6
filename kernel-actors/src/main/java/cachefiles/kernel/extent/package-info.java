/// Which bytes of an object are present: the port to whatever keeps them.
@NullMarked
package cachefiles.kernel.extent;

import org.jspecify.annotations.NullMarked;
