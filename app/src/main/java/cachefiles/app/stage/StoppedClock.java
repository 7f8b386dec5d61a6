package cachefiles.app.stage;

import akka.actor.AbstractScheduler;
import akka.actor.Cancellable;
import akka.event.LoggingAdapter;
import com.typesafe.config.Config;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import scala.concurrent.ExecutionContext;
import scala.concurrent.duration.FiniteDuration;

/// Akka's scheduler with a clock that stands until it is moved. Akka makes it, by its name in the configuration.
public final class StoppedClock extends AbstractScheduler {
    private final List<Alarm> alarms = new ArrayList<>();
    private long nowNanos;

    /// As Akka calls it.
    public StoppedClock(Config config, LoggingAdapter log, ThreadFactory threads) {}

    private record Alarm(long dueNanos, Runnable ring, ExecutionContext where, AtomicBoolean over)
            implements Cancellable {
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
        var alarm = new Alarm(nowNanos + delay.toNanos(), ring, where, new AtomicBoolean());
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

    /// Lets time pass: all that is due meanwhile is begun.
    synchronized void advance(long nanos) {
        nowNanos += nanos;
        var due = alarms.stream()
                .filter(alarm -> alarm.dueNanos() <= nowNanos)
                .sorted(Comparator.comparingLong(Alarm::dueNanos))
                .toList();
        alarms.removeAll(due);
        for (Alarm alarm : due) {
            if (alarm.over().compareAndSet(false, true)) {
                alarm.where().execute(alarm.ring());
            }
        }
    }
}
