package cachefiles.persistence.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class BatchesTest {
    private record Sent(List<String> questions, CompletableFuture<List<String>> answers) {
        void answer() {
            answers.complete(questions.stream().map(question -> question + "!").toList());
        }
    }

    private final List<Sent> sent = new ArrayList<>();

    private CompletionStage<List<String>> send(List<String> questions) {
        sent.add(new Sent(questions, new CompletableFuture<>()));
        return sent.getLast().answers();
    }

    private Batches<String, String> batches(boolean everybodys) {
        return new Batches<>(3, 1, this::send, _ -> everybodys);
    }

    private List<List<String>> questions() {
        return sent.stream().map(Sent::questions).toList();
    }

    @Test
    void what_is_asked_while_a_batch_is_on_its_way_goes_together_as_far_as_it_may() {
        var batches = batches(true);
        var answers = Stream.of("a", "b", "c", "d", "e").map(batches::ask).toList();

        assertEquals(List.of(List.of("a")), questions());
        sent.get(0).answer();
        assertEquals(List.of(List.of("a"), List.of("b", "c", "d")), questions());
        sent.get(1).answer();
        sent.get(2).answer();
        assertEquals(
                List.of("a!", "b!", "c!", "d!", "e!"),
                answers.stream().map(CompletableFuture::join).toList());
        assertEquals(3, sent.size());
    }

    @Test
    void nobody_suffers_for_another_with_whom_he_was_asked_together() {
        var batches = batches(false);
        var answers = Stream.of("a", "b", "c").map(batches::ask).toList();
        sent.get(0).answer();
        sent.get(1).answers().completeExceptionally(new IllegalStateException("b or c"));

        assertEquals(List.of(List.of("a"), List.of("b", "c"), List.of("b"), List.of("c")), questions());
        sent.get(2).answers().completeExceptionally(new IllegalStateException("b"));
        sent.get(3).answer();
        assertTrue(answers.get(1).isCompletedExceptionally());
        assertEquals("c!", answers.get(2).join());
    }

    @Test
    void what_would_fail_for_each_alone_fails_at_once_and_the_next_are_asked() {
        var batches = batches(true);
        var answers = Stream.of("a", "b").map(batches::ask).toList();
        sent.get(0).answers().completeExceptionally(new IllegalStateException("away"));

        assertTrue(answers.get(0).isCompletedExceptionally());
        assertFalse(answers.get(1).isDone());
        sent.get(1).answer();
        assertEquals("b!", answers.get(1).join());
        assertEquals(2, sent.size());
    }
}
