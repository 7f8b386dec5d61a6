package cachefiles.app.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import akka.actor.ActorRef;
import akka.actor.PoisonPill;
import akka.actor.typed.javadsl.Adapter;
import cachefiles.app.crash.CrashPlan;
import cachefiles.app.crash.FaultyJournal;
import cachefiles.app.crash.FaultyStore;
import cachefiles.daemon.fetch.CountingOrigin;
import cachefiles.daemon.fetch.DirectoryOrigin;
import cachefiles.daemon.fetch.Origin;
import cachefiles.kernel.actor.ObjectObserver;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Faults;
import cachefiles.persistence.journal.Journal;
import cachefiles.persistence.journal.JournalSwitch;
import cachefiles.persistence.store.FileStore;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/// A cache over real files, and hands on all that can be made to fail.
///
/// When it is closed no actor may have failed but on purpose: a supervisor's restart would hide that from readers.
final class Rig implements AutoCloseable {
    static final String VOLUME = "erofs,rig";

    final Ledger ledger = new Ledger();
    final CountingOrigin origin;
    final CrashPlan plan;
    final FaultyStore store;
    final AtomicLong objectSteps = new AtomicLong();
    final AtomicReference<@Nullable Cookie> anyObject = new AtomicReference<>();
    final Cache cache;
    private final Log log = new Log();

    /// @param change last word on the options
    static Rig over(Path directory, Origin origin, UnaryOperator<CacheOptions> change) throws IOException {
        return new Rig(directory, origin, change);
    }

    static Rig over(Path directory, Blobs blobs, UnaryOperator<CacheOptions> change) throws IOException {
        return over(directory, DirectoryOrigin.of(blobs.directory()), change);
    }

    private Rig(Path directory, Origin source, UnaryOperator<CacheOptions> change) throws IOException {
        log.watch();
        origin = new CountingOrigin(source);
        store = new FaultyStore(FileStore.open(directory));
        var journal = new FaultyJournal();
        plan = new CrashPlan(store, journal, anyObject::get);
        ObjectObserver counting = (_, _, _, _) -> objectSteps.incrementAndGet();
        cache = Cache.open(change.apply(CacheOptions.of(directory, origin)
                .journal(Journal.Kind.MEMORY)
                .store(store)
                .readBytes(16 * 1024)
                .readAhead(0) // each READ is somebody's
                .journalFaults(journal)
                .faults(plan)
                .observers(ledger, counting, ledger)));
        plan.bind(cache);
    }

    /// Whether nothing is asked of the device, and its workers sleep.
    boolean isQuiet() {
        long before = ledger.steps();
        LockSupport.parkNanos(20_000_000);
        return ledger.steps() == before;
    }

    /// Makes an actor fail now, and waits until it has.
    void crash(Faults.Victim victim, @Nullable Cookie cookie) throws InterruptedException {
        var died = new CountDownLatch(1);
        cache.crash(victim, cookie, new Faults.Crash("made to fail", died::countDown));
        Eventually.opens("death of " + victim, died);
    }

    /// Has the daemon end without a failure, once it has taken what was said to it before.
    void endDaemon() {
        Adapter.toClassic(ledger.daemon()).tell(PoisonPill.getInstance(), ActorRef.noSender());
    }

    /// The last complaints that tell why something failed with an error, meant or not.
    List<String> whyErrors() {
        return log.errors();
    }

    @Override
    public void close() throws IOException {
        try {
            cache.close();
        } finally {
            log.leave();
        }
        ledger.assertClean();
        assertEquals(List.of(), log.unmeant());
    }

    /// What the actors complain of.
    private static final class Log extends AppenderBase<ILoggingEvent> {
        private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        private final List<String> unmeant = new ArrayList<>();
        private final Deque<String> errors = new ArrayDeque<>();

        void watch() {
            setContext(root.getLoggerContext());
            start();
            root.addAppender(this);
        }

        void leave() {
            root.detachAppender(this);
            stop();
        }

        @Override
        protected void append(ILoggingEvent event) {
            if (!event.getLevel().isGreaterOrEqual(Level.WARN)) {
                return;
            }
            var line =
                    event.getLevel() + " " + event.getLoggerName() + ": " + event.getFormattedMessage() + trace(event);
            synchronized (unmeant) {
                if (!isMeant(event)) {
                    unmeant.add(line);
                }
                if (!isMeant(event) || event.getLevel() == Level.ERROR && line.contains("EIO")) {
                    errors.add(line);
                    if (errors.size() > 10) {
                        errors.remove();
                    }
                }
            }
        }

        private static String trace(ILoggingEvent event) {
            return event.getThrowableProxy() instanceof ThrowableProxy proxy
                    ? " " + proxy.getThrowable() + " "
                            + Arrays.stream(proxy.getThrowable().getStackTrace())
                                    .limit(5)
                                    .toList()
                    : "";
        }

        private static boolean isMeant(ILoggingEvent event) {
            var failure = event.getThrowableProxy() instanceof ThrowableProxy proxy ? proxy.getThrowable() : null;
            for (var cause = failure; cause != null; cause = cause.getCause()) {
                if (cause instanceof Faults.InjectedCrash || cause instanceof JournalSwitch.JournalFault) {
                    return true;
                }
            }
            return event.getFormattedMessage().contains("made to fail");
        }

        List<String> errors() {
            synchronized (unmeant) {
                return List.copyOf(errors);
            }
        }

        List<String> unmeant() {
            synchronized (unmeant) {
                return unmeant.stream().limit(10).toList();
            }
        }
    }
}
