/// The daemon and its supervisor as pure functions.
@NullMarked
package cachefiles.daemon.core;

import org.jspecify.annotations.NullMarked;
