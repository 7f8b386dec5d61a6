/// The explorer: every interleaving of the shipped cores within bounds.
@NullMarked
package cachefiles.app.check.explore;

import org.jspecify.annotations.NullMarked;
