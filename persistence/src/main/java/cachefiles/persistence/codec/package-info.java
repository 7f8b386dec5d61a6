/// Events and snapshots as what the journal keeps of them. Nothing here names a class of the cores: a stored form
/// outlives them.
@NullMarked
package cachefiles.persistence.codec;

import org.jspecify.annotations.NullMarked;
