/// The load generator: many readers, crashes, and what they saw.
@NullMarked
package cachefiles.app.load;

import org.jspecify.annotations.NullMarked;
