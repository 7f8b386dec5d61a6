package cachefiles.app.check.trace;

import cachefiles.kernel.uapi.DeviceCall;
import java.util.List;

/// One line of a trace, as [TraceFormat] writes it.
public sealed interface TraceLine {
    /// Counted from 1, without gaps.
    long number();

    /// Since the trace began.
    long millis();

    /// A system begins; lives are counted anew, and nothing said before is heard after.
    /// @param title what is run
    record Run(long number, long millis, String title) implements TraceLine {}

    /// An actor comes up, for the first time or after its failure.
    record Begins(long number, long millis, Actor actor, Actor.Start start) implements TraceLine {}

    /// An actor has taken a message.
    /// @param why the message in a word, such as `copen`
    /// @param before what there is to see of its state, in one line of text
    /// @param after the same, with the events folded in
    /// @param message the core's command
    /// @param events that the core decided; empty for gates, readers and supervisors
    /// @param actions that the core named; those of cache, gates and readers are done behind it, the others before
    record Turn(
            long number,
            long millis,
            Actor actor,
            String why,
            String before,
            String after,
            Object message,
            List<?> events,
            List<?> actions)
            implements TraceLine {}

    /// Somebody whose steps are not recorded says this to the device: an operator, the cache, a daemon led by hand.
    record Outside(long number, long millis, DeviceCall call) implements TraceLine {}

    /// What else is worth a line.
    record Remark(long number, long millis, String text) implements TraceLine {}
}
