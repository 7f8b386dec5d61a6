/// One cache object: what is known of one file, and which of its READs are out. Pure.
@NullMarked
package cachefiles.kernel.object;

import org.jspecify.annotations.NullMarked;
