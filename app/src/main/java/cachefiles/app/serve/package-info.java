/// The cache as a service: objects over HTTP, and a second port for who operates it.
///
/// What an answer has to be is decided by [Replies] and [RangeHeader], which are functions of header texts; the rest
/// carries bytes.
@NullMarked
package cachefiles.app.serve;

import org.jspecify.annotations.NullMarked;
