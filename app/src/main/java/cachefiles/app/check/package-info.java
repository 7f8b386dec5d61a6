/// Checks of the cores that are part of the product: scenarios in text, and the invariants. Nothing here knows akka.
@NullMarked
package cachefiles.app.check;

import org.jspecify.annotations.NullMarked;
