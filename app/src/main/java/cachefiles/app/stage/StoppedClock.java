package cachefiles.app.stage;

import akka.actor.AbstractScheduler;
import akka.actor.Cancellable;
import akka.event.LoggingAdapter;
import com.typesafe.config.Config;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import scala.concurrent.ExecutionContext;
import scala.concurrent.duration.FiniteDuration;

/// Akka's scheduler with a clock that stands: an alarm rings when it is told to. Akka makes it, by its name in the
/// configuration.
public final class StoppedClock extends AbstractScheduler {
    private final List<Alarm> alarms = new ArrayList<>();
    private final Map<Object, Alarm> named = new HashMap<>();

    /// As Akka calls it.
    public StoppedClock(Config config, LoggingAdapter log, ThreadFactory threads) {}

    private record Alarm(Runnable ring, ExecutionContext where, AtomicBoolean over) implements Cancellable {
        @Override
        public boolean cancel() {
            return over.compareAndSet(false, true);
        }

        @Override
        public boolean isCancelled() {
            return over.get();
        }
    }

    @Override
    public synchronized Cancellable scheduleOnce(FiniteDuration delay, Runnable ring, ExecutionContext where) {
        var alarm = new Alarm(ring, where, new AtomicBoolean());
        alarms.add(alarm);
        return alarm;
    }

    /// Nothing that plays has anything done again and again.
    @Override
    @SuppressWarnings("deprecation") // the one that a scheduler has to have
    public Cancellable schedule(
            FiniteDuration initialDelay, FiniteDuration interval, Runnable ring, ExecutionContext where) {
        return scheduleOnce(initialDelay, ring, where);
    }

    @Override
    public double maxFrequency() {
        return 1000;
    }

    /// The last alarms that were set are these, in their order.
    synchronized void name(List<?> names) {
        int first = alarms.size() - names.size();
        for (int i = 0; i < names.size(); i++) {
            named.put(names.get(i), alarms.get(first + i));
        }
    }

    /// What the alarm of this name is to do; null if none is set. It does not ring by itself any more.
    synchronized @Nullable Runnable take(Object name) {
        var alarm = named.remove(name);
        return alarm == null || !alarm.over().compareAndSet(false, true)
                ? null
                : () -> alarm.where().execute(alarm.ring());
    }
}
