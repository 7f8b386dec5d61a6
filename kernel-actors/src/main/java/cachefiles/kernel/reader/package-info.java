/// The reader's side: one read that looks, waits and looks again, and the gate between all readers and one object.
/// Pure.
@NullMarked
package cachefiles.kernel.reader;

import org.jspecify.annotations.NullMarked;
