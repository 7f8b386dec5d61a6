package cachefiles.app.demo;

import cachefiles.daemon.actor.SupervisorActor;
import cachefiles.daemon.core.SupervisorCore;
import cachefiles.kernel.uapi.Phase;
import cachefiles.persistence.journal.JournalSetting;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What to show.
/// @param files the directory that is the origin, to compare with the files themselves; null = the origin is none, and
///     they are copied first
/// @param prefix only keys that begin so
/// @param sizeBytes of the origin that are used at most: files in the order of their keys, of the last one its
/// beginning
/// @param kills of the daemon that are to land
/// @param killsMustLand whether it is inconclusive if fewer do because the time is over
/// @param closes of handles under the daemon that are to land
/// @param phases the kills are at, in turn; empty = all that can be reached, in turns drawn anew, and now and then at
///     random
/// @param longest time for the load of one part
/// @param deadline of one read; zero = none
/// @param withFailover whether to run the part with fail-over
/// @param withoutFailover whether to run the part without
/// @param handles what becomes of descriptors in the part with fail-over
/// @param cache where to cache; null = a directory that is removed in the end
/// @param temporary where such directories are made
public record DemoOptions(
        @Nullable Path files,
        String prefix,
        long sizeBytes,
        int readers,
        int kills,
        boolean killsMustLand,
        int closes,
        List<Phase> phases,
        long seed,
        Duration longest,
        Duration deadline,
        boolean withFailover,
        boolean withoutFailover,
        SupervisorActor.Strategy supervision,
        SupervisorCore.Handles handles,
        JournalSetting journal,
        @Nullable Path cache,
        Path temporary) {}
