/// Failures made on purpose, by phase, by count and by chance, for every actor.
@NullMarked
package cachefiles.app.crash;

import org.jspecify.annotations.NullMarked;
