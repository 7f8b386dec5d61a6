/// The whole system under one thread, one virtual clock and one seed: the production cores, carried by stand-ins for
/// the shells that do what those do and nothing else, through every fault that the seed draws.
@NullMarked
package cachefiles.app.check.sim;

import org.jspecify.annotations.NullMarked;
