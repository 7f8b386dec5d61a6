package cachefiles.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class NeedsTest {
    private static final String NOWHERE = "a-program-that-is-nowhere";

    @Test
    void what_is_there_runs() {
        assertFalse(Needs.Condition.judge(List.of("sh"), Set.of("sh")).isDisabled());
    }

    @Test
    void what_is_missing_skips_and_is_named() {
        var result = Needs.Condition.judge(List.of("sh", NOWHERE), Set.of("sh"));
        assertTrue(result.isDisabled());
        assertEquals(
                "needs " + NOWHERE + ": no program " + NOWHERE,
                result.getReason().orElseThrow());
    }

    @Test
    void what_is_missing_and_required_fails() {
        var failure =
                assertThrows(AssertionError.class, () -> Needs.Condition.judge(List.of(NOWHERE), Set.of(NOWHERE)));
        assertEquals("REQUIRE names " + NOWHERE + ", but: no program " + NOWHERE, failure.getMessage());
    }

    @Test
    void require_is_a_list_with_commas_or_spaces() {
        assertEquals(Set.of("root", "fuse", "loop"), Needs.Condition.required(" root,fuse loop,"));
        assertEquals(Set.of(), Needs.Condition.required(null));
    }
}
