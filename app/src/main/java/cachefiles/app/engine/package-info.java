/// The public API: a cache in this process, its volumes, its objects, and reads of them.
@NullMarked
package cachefiles.app.engine;

import org.jspecify.annotations.NullMarked;
