/// What the kernel side and the daemon side both see: requests down, answers back, error numbers, text commands.
/// Nothing here knows an actor: a daemon could as well sit behind a socket.
@NullMarked
package cachefiles.kernel.uapi;

import org.jspecify.annotations.NullMarked;
