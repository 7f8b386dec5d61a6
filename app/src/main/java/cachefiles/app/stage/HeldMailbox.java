package cachefiles.app.stage;

import akka.actor.ActorRef;
import akka.actor.ActorSystem;
import akka.dispatch.Envelope;
import akka.dispatch.MailboxType;
import akka.dispatch.MessageQueue;
import akka.dispatch.ProducesMessageQueue;
import akka.dispatch.UnboundedMailbox;
import com.typesafe.config.Config;
import org.jspecify.annotations.Nullable;
import scala.Option;

/// The mailbox of the actors on stage, whose messages [Held] may keep back. Akka makes it, by its name in the
/// configuration.
public final class HeldMailbox implements MailboxType, ProducesMessageQueue<HeldMailbox.Queue> {
    private final Held held;

    /// As Akka calls it.
    public HeldMailbox(ActorSystem.Settings settings, Config config) {
        this.held = settings.setup()
                .get(Held.Setup.class)
                .orElseThrow(() -> new IllegalStateException("this mailbox is for the stage alone"))
                .held;
    }

    @Override
    public MessageQueue create(Option<ActorRef> owner, Option<ActorSystem> system) {
        return new Queue(held, owner.isEmpty() ? null : owner.get());
    }

    /// As Akka's own, but for what is kept back.
    static final class Queue extends UnboundedMailbox.MessageQueue {
        private static final long serialVersionUID = 1;

        private final transient Held held;
        private final transient @Nullable ActorRef owner;

        Queue(Held held, @Nullable ActorRef owner) {
            this.held = held;
            this.owner = owner;
        }

        @Override
        public void enqueue(ActorRef receiver, Envelope letter) {
            if (!held.keeps(receiver, letter.message(), () -> receiver.tell(letter.message(), letter.sender()))) {
                super.enqueue(receiver, letter);
            }
        }

        @Override
        public Envelope dequeue() {
            var next = super.dequeue();
            if (next != null && owner != null) {
                held.begins(owner);
            }
            return next;
        }
    }
}
