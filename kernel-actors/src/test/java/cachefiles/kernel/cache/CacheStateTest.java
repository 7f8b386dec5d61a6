package cachefiles.kernel.cache;

import static cachefiles.kernel.cache.Bench.bound;
import static cachefiles.kernel.cache.Bench.write;
import static cachefiles.kernel.uapi.Errno.OK;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cachefiles.kernel.cache.CacheCommand.AcquireCookie;
import cachefiles.kernel.cache.CacheCommand.AcquireVolume;
import cachefiles.kernel.cache.CacheCommand.LookedUp;
import cachefiles.kernel.cache.CacheCommand.MeasureSpace;
import cachefiles.kernel.cache.CacheCommand.OpenDevice;
import cachefiles.kernel.cache.CacheCommand.ReleaseCookie;
import cachefiles.kernel.cache.CacheCommand.Withdrawn;
import cachefiles.kernel.extent.FreeSpace;
import cachefiles.kernel.uapi.Cookie;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What a cache tells of itself.
@DisplayNameGeneration(ReplaceUnderscores.class)
class CacheStateTest {
    private static final Cookie A = Cookie.of("v", "a");

    @Test
    @Tag("S115")
    void a_cache_under_its_stop_limits_says_that_it_is_full_and_has_to_be_culled() {
        var bench = bound("bind").after(new MeasureSpace(new FreeSpace(0, 100, 0, 100)));
        assertTrue(bench.state.full() && bench.state.culling());
        bench.after(new MeasureSpace(new FreeSpace(100, 100, 100, 100)));
        assertFalse(bench.state.full() || bench.state.culling());
    }

    @Test
    @Tag("S54")
    void the_commands_that_lead_to_limits_do_so_from_any_others_and_none_is_refused() {
        var bench = new Bench().after(new OpenDevice(9, true), write("frun 90%"), write("brun 12%"), write("bcull 9%"));
        var wanted = new Limits(new Limits.Bounds(12, 8, 2), new Limits.Bounds(40, 30, 20));
        for (String command : wanted.commands()) {
            assertEquals("Complete OK", bench.say(write(command)), command);
        }
        assertEquals(wanted, bench.state.limits());
    }

    @Test
    void cookies_are_counted_from_their_look_up_until_they_are_withdrawn() {
        var bench = bound("bind ondemand")
                .after(new AcquireVolume(1, A.volume(), false), new AcquireCookie(2, 1, A.key(), false));
        assertEquals(1, bench.state.cookies());
        bench.after(new LookedUp(A, OK), new ReleaseCookie(2), new Withdrawn(A));
        assertEquals(0, bench.state.cookies());
    }
}
