/// Plays scenarios with the actors that run in production.
@NullMarked
package cachefiles.app.stage;

import org.jspecify.annotations.NullMarked;
