package cachefiles.persistence.journal;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;

/// What many ask of the database one by one, asked of it together: while one batch is on its way the next one grows.
final class Batches<Q, A> {
    /// Answers all of these, in their order.
    interface Together<Q, A> {
        CompletionStage<List<A>> ask(List<Q> questions);
    }

    private record Waiting<Q, A>(Q question, CompletableFuture<A> answer) {}

    private final int most;
    private final int atATime;
    private final Together<Q, A> together;
    private final Predicate<Throwable> everybodys;
    private final Queue<Waiting<Q, A>> waiting = new ArrayDeque<>();
    private int underWay;

    /// @param most questions in a batch
    /// @param atATime batches
    /// @param everybodys whether a failure would be the same for each alone; if not, each is asked alone, so that
    /// nobody suffers for another
    Batches(int most, int atATime, Together<Q, A> together, Predicate<Throwable> everybodys) {
        this.most = most;
        this.atATime = atATime;
        this.together = together;
        this.everybodys = everybodys;
    }

    CompletableFuture<A> ask(Q question) {
        var answer = new CompletableFuture<A>();
        synchronized (waiting) {
            waiting.add(new Waiting<>(question, answer));
        }
        sendNext();
        return answer;
    }

    private void sendNext() {
        var batch = new ArrayList<Waiting<Q, A>>();
        synchronized (waiting) {
            if (underWay == atATime) {
                return;
            }
            while (batch.size() < most && !waiting.isEmpty()) {
                batch.add(waiting.remove());
            }
            if (batch.isEmpty()) {
                return;
            }
            underWay++;
        }
        var _ = send(batch).whenComplete((answers, failed) -> {
            synchronized (waiting) {
                underWay--;
            }
            sendNext(); // before anybody is told, and asks again
            tell(batch, answers, failed);
        });
    }

    private CompletionStage<List<A>> send(List<Waiting<Q, A>> batch) {
        try {
            return together.ask(batch.stream().map(Waiting::question).toList());
        } catch (RuntimeException failed) {
            return CompletableFuture.failedStage(failed);
        }
    }

    private void tell(List<Waiting<Q, A>> batch, List<A> answers, Throwable failed) {
        if (failed == null) {
            for (int i = 0; i < batch.size(); i++) {
                batch.get(i).answer().complete(answers.get(i));
            }
        } else if (batch.size() == 1 || everybodys.test(failed)) {
            batch.forEach(one -> one.answer().completeExceptionally(failed));
        } else {
            for (var one : batch) {
                var alone = List.of(one);
                var _ = send(alone).whenComplete((answer, why) -> tell(alone, answer, why));
            }
        }
    }
}
