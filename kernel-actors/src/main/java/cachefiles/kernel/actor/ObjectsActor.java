package cachefiles.kernel.actor;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.Terminated;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import cachefiles.kernel.uapi.Cookie;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntConsumer;

/// Brings objects' actors into memory on demand, never two of one object at a time.
public final class ObjectsActor extends AbstractBehavior<ObjectsActor.Command> {
    public sealed interface Command {}

    /// Bring the actor of this gate's object into memory.
    public record Activate(Gate gate) implements Command {}

    /// The actor of this gate's object never comes up: stop it.
    public record Abandon(Gate gate) implements Command {}

    /// How many actors are in memory.
    public record Count(IntConsumer replyTo) implements Command {}

    private record Child(ActorRef<ObjectActor.Command> actor, Gate gate) {}

    private final ObjectActor.Setting setting;
    private final Map<Cookie, Child> children = new HashMap<>();
    private final Map<ActorRef<Void>, Cookie> cookieOf = new HashMap<>();
    private final Map<Cookie, Gate> next = new HashMap<>();
    private long spawned;

    public static Behavior<Command> create(ObjectActor.Setting setting) {
        return Behaviors.setup(context -> new ObjectsActor(context, setting));
    }

    private ObjectsActor(ActorContext<Command> context, ObjectActor.Setting setting) {
        super(context);
        this.setting = setting;
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Activate.class, this::activate)
                .onMessage(Abandon.class, this::abandon)
                .onMessage(Count.class, this::count)
                .onSignal(Terminated.class, this::terminated)
                .build();
    }

    private Behavior<Command> activate(Activate activate) {
        var gate = activate.gate();
        var child = children.get(gate.cookie());
        if (child == null) {
            spawn(gate);
        } else if (child.gate() != gate) {
            next.put(gate.cookie(), gate); // an actor of an earlier use, which has nothing left to do
            child.gate().rest(0);
        } // else it is about to say that it is up; or it is leaving, and then the gate hears that it is lost
        return this;
    }

    private Behavior<Command> abandon(Abandon abandon) {
        var child = children.get(abandon.gate().cookie());
        if (child != null && child.gate() == abandon.gate()) {
            getContext().stop(child.actor());
        }
        return this;
    }

    private void spawn(Gate gate) {
        var actor = getContext()
                .spawn(ObjectActor.create(setting, gate.cookie(), gate, gate.file()), "object-" + ++spawned);
        getContext().watch(actor);
        children.put(gate.cookie(), new Child(actor, gate));
        cookieOf.put(actor.unsafeUpcast(), gate.cookie());
    }

    private Behavior<Command> count(Count count) {
        count.replyTo().accept(children.size());
        return this;
    }

    private Behavior<Command> terminated(Terminated signal) {
        var cookie = cookieOf.remove(signal.getRef());
        if (cookie == null) {
            return this;
        }
        var child = children.remove(cookie);
        var gate = next.remove(cookie);
        if (gate != null) {
            spawn(gate);
        } else if (child != null) {
            child.gate().objectLost();
        }
        return this;
    }
}
