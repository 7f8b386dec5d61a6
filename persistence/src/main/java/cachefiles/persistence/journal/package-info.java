/// What Akka Persistence keeps events and snapshots in: memory, an H2 file, or PostgreSQL.
@NullMarked
package cachefiles.persistence.journal;

import org.jspecify.annotations.NullMarked;
