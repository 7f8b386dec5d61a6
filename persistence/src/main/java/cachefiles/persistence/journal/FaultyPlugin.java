package cachefiles.persistence.journal;

import akka.actor.ActorContext;
import akka.actor.ActorRef;
import akka.japi.pf.ReceiveBuilder;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.persistence.codec.ObjectIds;
import cachefiles.persistence.journal.JournalFaults.Moment;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.PartialFunction;
import scala.concurrent.Future;
import scala.jdk.javaapi.FutureConverters;
import scala.runtime.BoxedUnit;

/// What both journal plugins do with [JournalFaults]. Work that was held up goes on as a message to the plugin: plugins
/// keep what they know of writes under way in fields, and these are their actor's alone.
final class FaultyPlugin {
    private record Resume(Runnable work) {}

    private static final Logger LOG = LoggerFactory.getLogger(Journal.class);

    private final @Nullable JournalFaults faults;
    private final ActorRef plugin;

    FaultyPlugin(ActorContext context) {
        this.faults = context.system()
                .settings()
                .setup()
                .get(JournalFaults.Setup.class)
                .map(JournalFaults.Setup::faults)
                .orElse(null);
        this.plugin = context.self();
    }

    /// To be part of the plugin's own.
    static PartialFunction<Object, BoxedUnit> receive() {
        return ReceiveBuilder.create()
                .match(Resume.class, resume -> resume.work.run())
                .build()
                .onMessage();
    }

    <T> Future<T> write(String persistenceId, Supplier<Future<T>> write) {
        var some = faults;
        var written = some == null
                ? write.get()
                : FutureConverters.asScala(after(some, Moment.WRITING, persistenceId, write)
                        .thenCompose(result ->
                                at(some, Moment.WRITTEN, persistenceId).thenApply(_ -> result)));
        var _ = FutureConverters.asJava(written).whenComplete((_, failed) -> {
            if (failed != null) {
                warn(persistenceId, failed);
            }
        });
        return written;
    }

    /// One line a batch: those whose events it held are told apart from it, and try again.
    private static void warn(String persistenceId, Throwable failed) {
        LOG.warn(
                "the journal cannot store what is known of {}, and of others with it; trying again: {}",
                ObjectIds.cookieOf(persistenceId).map(Cookie::toString).orElse(persistenceId),
                String.valueOf(failed.getCause() == null ? failed : failed.getCause()));
    }

    <T> Future<T> replay(String persistenceId, Supplier<Future<T>> replay) {
        var some = faults;
        return some == null
                ? replay.get()
                : FutureConverters.asScala(after(some, Moment.REPLAYING, persistenceId, replay));
    }

    private <T> CompletionStage<T> after(
            JournalFaults some, Moment moment, String persistenceId, Supplier<Future<T>> work) {
        var passed = at(some, moment, persistenceId);
        if (passed.isDone()) {
            return passed.thenCompose(_ -> FutureConverters.asJava(work.get()));
        }
        var resumed = new CompletableFuture<@Nullable Void>();
        var _ = passed.whenComplete(
                (_, _) -> plugin.tell(new Resume(() -> resumed.complete(null)), ActorRef.noSender()));
        return resumed.thenCompose(_ -> passed).thenCompose(_ -> FutureConverters.asJava(work.get()));
    }

    private static CompletableFuture<?> at(JournalFaults some, Moment moment, String persistenceId) {
        try {
            return some.at(moment, persistenceId).toCompletableFuture();
        } catch (RuntimeException failed) {
            return CompletableFuture.failedFuture(failed);
        }
    }
}
