/// The shells of the daemon's side.
@NullMarked
package cachefiles.daemon.actor;

import org.jspecify.annotations.NullMarked;
