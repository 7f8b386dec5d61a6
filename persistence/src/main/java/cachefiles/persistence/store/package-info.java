/// The bytes of cached objects on a local disk, and an in-memory stand-in for tests and simulation.
@NullMarked
package cachefiles.persistence.store;

import org.jspecify.annotations.NullMarked;
