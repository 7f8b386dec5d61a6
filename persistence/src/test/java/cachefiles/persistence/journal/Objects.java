package cachefiles.persistence.journal;

import akka.actor.setup.ActorSystemSetup;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;
import cachefiles.kernel.actor.DeviceActor;
import cachefiles.kernel.actor.Gate;
import cachefiles.kernel.actor.ObjectActor;
import cachefiles.kernel.actor.ObjectsActor;
import cachefiles.kernel.device.DeviceCommand.AskRest;
import cachefiles.kernel.device.DeviceCommand.Drop;
import cachefiles.kernel.device.DeviceCommand.ObjectUp;
import cachefiles.kernel.device.DeviceCommand.SubmitClose;
import cachefiles.kernel.device.DeviceCommand.SubmitOpen;
import cachefiles.kernel.device.Notice;
import cachefiles.kernel.extent.Store;
import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Errno;
import cachefiles.persistence.codec.ObjectEvents;
import cachefiles.persistence.codec.ObjectSnapshots;
import cachefiles.persistence.store.MemoryDisk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Real objects on a real actor system, in front of a device whose daemon answers at once.
final class Objects implements AutoCloseable {
    private final Store store;
    private final Function<Cookie, Content> daemon;
    private final ConcurrentHashMap<Cookie, Gate> gates = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Cookie, CompletableFuture<@Nullable Content>> found = new ConcurrentHashMap<>();
    private final ActorSystem<ObjectsActor.Command> system;

    /// @param daemon what it says of an object
    Objects(ActorSystemSetup setup, Function<Cookie, Content> daemon) {
        this(setup, daemon, MemoryDisk.forgetful().store(new Random(1)::nextLong));
    }

    Objects(ActorSystemSetup setup, Function<Cookie, Content> daemon, Store store) {
        this.store = store;
        this.daemon = daemon;
        this.system = ActorSystem.create(guardian(), "objects", setup);
    }

    ActorSystem<ObjectsActor.Command> system() {
        return system;
    }

    CompletableFuture<Gate.Acquisition> acquire(Cookie cookie) {
        var done = new CompletableFuture<Gate.Acquisition>();
        gate(cookie).acquire(done::complete);
        return done;
    }

    CompletableFuture<Void> release(Cookie cookie, boolean retire) {
        var done = new CompletableFuture<Void>();
        gate(cookie).release(retire, () -> done.complete(null));
        return done;
    }

    /// What the journal knew of the object when its first actor came up.
    CompletableFuture<@Nullable Content> found(Cookie cookie) {
        return found.computeIfAbsent(cookie, _ -> new CompletableFuture<>());
    }

    private Gate gate(Cookie cookie) {
        return gates.computeIfAbsent(cookie, _ -> new Gate(cookie, store.file(cookie), new Keeper(), 64, 1000));
    }

    private final class Keeper implements Gate.Keeper {
        @Override
        public void activate(Gate gate) {
            system.tell(new ObjectsActor.Activate(gate));
        }

        @Override
        public void left(Gate gate) {}

        @Override
        public void abandon(Gate gate) {
            system.tell(new ObjectsActor.Abandon(gate));
        }

        @Override
        public void failed(IOException failure) {
            throw new UncheckedIOException(failure);
        }

        @Override
        public void busy(Gate gate, boolean busy) {}
    }

    private Behavior<ObjectsActor.Command> guardian() {
        return Behaviors.setup(context -> ObjectsActor.create(new ObjectActor.Setting(
                context.spawn(device(), "device"),
                Runnable::run,
                new ObjectEvents(),
                new ObjectSnapshots(),
                JournalFailures::mayPass,
                (cookie, after, _, _) -> found(cookie).complete(after.known()))));
    }

    private Behavior<DeviceActor.Command> device() {
        return Behaviors.receive(DeviceActor.Command.class)
                .onMessage(DeviceActor.FromObject.class, message -> {
                    if (message.command() instanceof ObjectUp) {
                        return Behaviors.same(); // nothing of the object is open here
                    }
                    Notice answer = switch (message.command()) {
                        case SubmitOpen(var cookie, _) -> new Notice.OpenEnded(Errno.OK, daemon.apply(cookie));
                        case SubmitClose _ -> new Notice.CloseEnded();
                        case Drop _ -> new Notice.DropDone();
                        case AskRest _ -> new Notice.MayRest(true);
                        default -> throw new AssertionError(message);
                    };
                    message.from().tell(new ObjectActor.FromDevice(answer));
                    return Behaviors.same();
                })
                .build();
    }

    @Override
    public void close() {
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().join();
    }
}
