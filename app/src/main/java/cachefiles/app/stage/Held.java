package cachefiles.app.stage;

import akka.actor.ActorRef;
import akka.actor.typed.internal.AdaptMessage;
import cachefiles.daemon.actor.DaemonActor;
import cachefiles.daemon.actor.SupervisorActor;
import cachefiles.kernel.actor.DeviceActor;
import cachefiles.kernel.actor.ObjectActor;
import cachefiles.kernel.object.ObjectCommand;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.DeviceCall;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Messages on their way between the actors on stage while a scenario steps: each waits until it is let through, in the
/// order of its channel. Channels are those of [cachefiles.app.check.Kernel], and have the same names; what has none
/// there goes through, as it is part of a step.
final class Held {
    /// Brings it to the mailboxes of an actor system.
    static final class Setup extends akka.actor.setup.Setup {
        final Held held;

        Setup(Held held) {
            this.held = held;
        }
    }

    private final SortedMap<String, Deque<Runnable>> channels = new TreeMap<>();
    private final Map<ActorRef, Cookie> objects = new HashMap<>();
    private boolean holding;
    private @Nullable Thread passing;
    private @Nullable ActorRef turn;

    /// From here on messages wait.
    synchronized void hold() {
        holding = true;
    }

    /// Nothing waits any more: to be called when all is let through.
    synchronized void go() {
        holding = false;
    }

    /// Channels in which something waits.
    synchronized List<String> pending() {
        return List.copyOf(channels.keySet());
    }

    /// Sends, or has it wait in `channel`.
    void send(String channel, Runnable send) {
        if (!keeps(channel, send)) {
            send.run();
        }
    }

    /// The mailbox of `receiver` is about to take `message`.
    /// @param again puts it there later
    /// @return whether it waits here instead
    synchronized boolean keeps(ActorRef receiver, Object message, Runnable again) {
        var channel = holding ? channel(receiver, message) : null;
        return channel != null && keeps(channel, again);
    }

    private synchronized boolean keeps(String channel, Runnable again) {
        if (!holding || Thread.currentThread() == passing) {
            return false;
        }
        channels.computeIfAbsent(channel, _ -> new ArrayDeque<>()).add(again);
        return true;
    }

    /// Lets the oldest message of `channel` through.
    /// @throws IllegalArgumentException there is none
    void deliver(String channel) {
        Runnable next;
        synchronized (this) {
            var waiting = channels.get(channel);
            if (waiting == null) {
                throw new IllegalArgumentException(
                        "nothing is on its way from " + channel + "; there are: " + pending());
            }
            next = waiting.remove();
            if (waiting.isEmpty()) {
                channels.remove(channel);
            }
            passing = Thread.currentThread();
        }
        try {
            next.run();
        } finally {
            synchronized (this) {
                passing = null;
            }
        }
    }

    /// `receiver` begins a turn: all are taken on one thread.
    synchronized void begins(ActorRef receiver) {
        turn = receiver;
    }

    /// Whoever's turn it is is the actor of `cookie`.
    synchronized void isObject(Cookie cookie) {
        if (turn != null) {
            objects.put(turn, cookie);
        }
    }

    private @Nullable String channel(ActorRef receiver, Object message) {
        var object = objects.get(receiver);
        return switch (message) {
            case DeviceActor.FromObject said -> said.command().cookie() + ">device";
            case DeviceActor.FromDaemon(DeviceCall.FromDaemon _, var _) -> "daemon>device";
            case DeviceActor.FromDaemon _ -> "supervisor>device";
            case DeviceActor.Written _ -> "cache>device";
            case SupervisorActor.Heard _ -> "device>supervisor";
            case DaemonActor.FromDevice _ -> "device>daemon";
            case ObjectActor.Step(ObjectCommand.Rest _, var _) -> "keeper>" + object;
            case ObjectActor.Step _ -> "gate>" + object;
            case ObjectActor.FromDevice _ -> "device>" + object;
            case AdaptMessage<?, ?> _ when object != null -> "file>" + object;
            default -> null;
        };
    }
}
