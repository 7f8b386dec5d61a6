/// What a daemon writes through, and what shuts it out: no actors, for writers do not pass a mailbox.
@NullMarked
package cachefiles.kernel.handle;

import org.jspecify.annotations.NullMarked;
