/// What Akka Persistence keeps events and snapshots in: memory, or an H2 file.
@NullMarked
package cachefiles.persistence.journal;

import org.jspecify.annotations.NullMarked;
