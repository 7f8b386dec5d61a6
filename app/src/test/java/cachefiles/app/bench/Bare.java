package cachefiles.app.bench;

import akka.actor.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Adapter;
import akka.actor.typed.javadsl.Behaviors;
import akka.persistence.typed.EventAdapter;
import akka.persistence.typed.PersistenceId;
import akka.persistence.typed.RecoveryCompleted;
import akka.persistence.typed.javadsl.CommandHandler;
import akka.persistence.typed.javadsl.EventHandler;
import akka.persistence.typed.javadsl.EventSourcedBehavior;
import akka.persistence.typed.javadsl.SignalHandler;
import cachefiles.kernel.object.ObjectEvent;
import cachefiles.kernel.uapi.Content;
import cachefiles.persistence.codec.ObjectEvents;
import cachefiles.persistence.journal.Journal;
import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Semaphore;

/// What no open can do without: an actor of Akka's persistence is started, recovers, and stores one event. It stays in
/// memory, as an object's does, and its journal is ours.
///
/// No part of JMH's: each round starts as many actors as were asked for, and says what the process's CPU time and
/// allocation were.
public final class Bare {
    private static final int AT_A_TIME = 1000;

    private Bare() {}

    private static final class Actor extends EventSourcedBehavior<String, ObjectEvent.Journaled, String> {
        private static final ObjectEvent.Journaled EVENT = new ObjectEvent.ContentKnown(new Content(4096, "v1"));
        private final Runnable tellSelf;
        private final Semaphore places;

        static Behavior<String> create(String id, Semaphore places) {
            return Behaviors.setup(
                    context -> new Actor(id, () -> context.getSelf().tell("store"), places));
        }

        private Actor(String id, Runnable tellSelf, Semaphore places) {
            super(PersistenceId.ofUniqueId(id));
            this.tellSelf = tellSelf;
            this.places = places;
        }

        @Override
        public String emptyState() {
            return "";
        }

        @Override
        public SignalHandler<String> signalHandler() {
            return newSignalHandlerBuilder()
                    .onSignal(RecoveryCompleted.instance(), _ -> tellSelf.run())
                    .build();
        }

        @Override
        public CommandHandler<String, ObjectEvent.Journaled, String> commandHandler() {
            return (_, _) -> Effect().persist(EVENT).thenRun(_ -> places.release());
        }

        @Override
        public EventHandler<String, ObjectEvent.Journaled> eventHandler() {
            return (_, _) -> "known";
        }

        @Override
        public EventAdapter<ObjectEvent.Journaled, ?> eventAdapter() {
            return new ObjectEvents();
        }
    }

    /// @param args an empty directory, the journal, actors a round, rounds
    public static void main(String[] args) throws Exception {
        int count = Integer.parseInt(args[2]);
        try (var journal = Journal.open(Journal.Kind.valueOf(args[1]), Path.of(args[0]))) {
            var system = ActorSystem.create("bare", journal.setup());
            for (int round = 0; round < Integer.parseInt(args[3]); round++) {
                round(system, "object|" + round + "|", count);
            }
            system.terminate();
            system.getWhenTerminated().toCompletableFuture().join();
        }
    }

    private static void round(ActorSystem system, String ids, int count) throws InterruptedException {
        var process = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        var places = new Semaphore(AT_A_TIME);
        long cpu = process.getProcessCpuTime();
        long bytes = threads.getTotalThreadAllocatedBytes();
        long begin = System.nanoTime();
        for (int i = 0; i < count; i++) {
            places.acquire();
            Adapter.spawnAnonymous(system, Actor.create(ids + i, places));
        }
        places.acquire(AT_A_TIME);
        System.out.printf(
                Locale.ROOT,
                "%,.0f a second, %.1f us of CPU and %d bytes each%n",
                count * 1e9 / (System.nanoTime() - begin),
                (process.getProcessCpuTime() - cpu) / 1e3 / count,
                (threads.getTotalThreadAllocatedBytes() - bytes) / count);
    }
}
