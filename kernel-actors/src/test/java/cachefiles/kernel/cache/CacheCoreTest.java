package cachefiles.kernel.cache;

import static cachefiles.kernel.cache.Bench.bound;
import static cachefiles.kernel.cache.Bench.write;
import static cachefiles.kernel.uapi.Errno.EBUSY;
import static cachefiles.kernel.uapi.Errno.EIO;
import static cachefiles.kernel.uapi.Errno.ENOTDIR;
import static cachefiles.kernel.uapi.Errno.EROFS;
import static cachefiles.kernel.uapi.Errno.OK;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cachefiles.kernel.cache.CacheCommand.AcquireCookie;
import cachefiles.kernel.cache.CacheCommand.AcquireVolume;
import cachefiles.kernel.cache.CacheCommand.CloseDevice;
import cachefiles.kernel.cache.CacheCommand.CloseHandles;
import cachefiles.kernel.cache.CacheCommand.DirectoryChecked;
import cachefiles.kernel.cache.CacheCommand.FailCache;
import cachefiles.kernel.cache.CacheCommand.LookedUp;
import cachefiles.kernel.cache.CacheCommand.MeasureSpace;
import cachefiles.kernel.cache.CacheCommand.OpenDevice;
import cachefiles.kernel.cache.CacheCommand.ReleaseCookie;
import cachefiles.kernel.cache.CacheCommand.RelinquishVolume;
import cachefiles.kernel.cache.CacheCommand.Withdrawn;
import cachefiles.kernel.extent.FreeSpace;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Key;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What takes more than one step, and so no line of the tables.
@DisplayNameGeneration(ReplaceUnderscores.class)
class CacheCoreTest {
    private static final Key VOLUME = Key.of("erofs,v");
    private static final Cookie A = new Cookie(VOLUME, Key.of("a"));
    private static final Cookie B = new Cookie(VOLUME, Key.of("b"));
    private static final Cookie C = new Cookie(VOLUME, Key.of("c"));

    // ---- the device file and its pins

    @Test
    @Tag("S2")
    @Tag("S3")
    void a_cache_starts_with_nothing_set() {
        var state = new Bench().after(new OpenDevice(9, true)).state;
        assertFalse(state.life().ready() || state.life().dead() || state.onDemand() || state.culling());
        var bounds = new Limits.Bounds(7, 5, 1);
        assertEquals(new Limits(bounds, bounds), state.limits());
    }

    @Test
    @Tag("S3")
    void a_cache_that_is_dead_stays_ready_and_dead() {
        var bench = bound("bind ondemand");
        assertFalse(bench.state.life().dead());
        bench.after(new FailCache());
        assertTrue(bench.state.life().ready() && bench.state.life().dead());
        bench.after(new CloseDevice(1));
        assertTrue(bench.state.life().ready() && bench.state.life().dead());
    }

    @Test
    @Tag("S4")
    @Tag("I16")
    @Tag("B21")
    @Tag("T11")
    void the_device_may_be_closed_before_the_handles() {
        var bench = bound("bind ondemand");
        assertEquals("FlushAll EIO", bench.say(new CloseDevice(2)));
        assertEquals("", bench.say(new CloseHandles(1)));
        assertEquals("Complete 1 EBUSY", bench.say(new OpenDevice(1, true)));
        assertEquals("ReleaseDirectory /c CacheFiles", bench.say(new CloseHandles(0)));
        assertEquals("Complete 1 OK", bench.say(new OpenDevice(1, true)));
    }

    @Test
    @Tag("S4")
    @Tag("I16")
    void the_handles_may_be_closed_before_the_device() {
        var bench = bound("bind ondemand");
        assertEquals("", bench.say(new CloseHandles(0)));
        assertEquals("FlushAll EIO, ReleaseDirectory /c CacheFiles", bench.say(new CloseDevice(0)));
        assertEquals("", bench.say(new CloseHandles(0)));
        assertEquals("Complete 1 OK", bench.say(new OpenDevice(1, true)));
    }

    @Test
    @Tag("B32")
    @Tag("I17")
    void nothing_remains_of_a_cache_that_was_bound_and_unbound() {
        var fresh = new CacheState().toString();
        var bench = new Bench();
        for (int round = 0; round < 3; round++) {
            bench.after(new OpenDevice(9, true), write("dir /c"), write("tag t"), write("secctx s"), write("frun 9%"));
            bench.after(write("debug 3"), write("bind ondemand"), new DirectoryChecked(OK), volume(1), acquire(2, A));
            bench.after(new MeasureSpace(new FreeSpace(0, 100, 0, 100)), new FailCache(), new CloseDevice(0));
            bench.after(new LookedUp(A, EIO), new Withdrawn(A));
            assertEquals(fresh, bench.state.toString());
        }
    }

    @Test
    void an_event_that_cannot_happen_is_named_together_with_the_state() {
        var impossible = assertThrows(
                IllegalStateException.class, () -> CacheCore.evolve(new CacheState(), new CacheEvent.Bound()));
        assertEquals("Bound[] cannot happen to a cache that is CLOSED", impossible.getMessage());
    }

    // ---- text commands

    @Test
    @Tag("S47")
    void a_cache_without_a_name_gets_its_default_when_it_is_bound() {
        var bench = new Bench().after(new OpenDevice(9, true), write("dir /c"));
        assertEquals("CheckDirectory /c CacheFiles", bench.say(write("bind")));
        assertEquals("Complete EROFS", bench.say(new DirectoryChecked(EROFS)));
        assertEquals("Complete 1 OK", bench.say(write(1, "tag mine")));
        assertEquals("CheckDirectory /c mine", bench.say(write("bind")));
        assertEquals("Complete OK", bench.say(new DirectoryChecked(OK)));
    }

    @Test
    @Tag("S49")
    void each_limit_is_held_against_the_other_values_of_its_kind() {
        var bench = new Bench().after(new OpenDevice(9, true));
        assertEquals("Complete EINVAL", bench.say(write("fstop 5%"))); // cull is 5
        assertEquals("Complete OK", bench.say(write("fstop 4%")));
        assertEquals("Complete EINVAL", bench.say(write("fcull 4%"))); // stop is 4
        assertEquals("Complete EINVAL", bench.say(write("fcull 7%"))); // run is 7
        assertEquals("Complete EINVAL", bench.say(write("frun 5%"))); // cull is 5
        assertEquals("Complete OK", bench.say(write("frun 99%")));
        assertEquals("Complete OK", bench.say(write("fcull 98%")));
        assertEquals("Complete EINVAL", bench.say(write("bcull 98%"))); // blocks are apart: run is 7
        assertEquals("Complete OK", bench.say(write("brun 8%")));
        assertEquals("Complete OK", bench.say(write("bcull 7%")));
        assertEquals("Complete OK", bench.say(write("bstop 0%")));
        var limits = new Limits(new Limits.Bounds(99, 98, 4), new Limits.Bounds(8, 7, 0));
        assertEquals(limits, bench.state.limits());
    }

    @Test
    @Tag("S54")
    void no_limits_out_of_order_exist() {
        var ordered = new Limits.Bounds(7, 5, 1);
        for (var bounds : new Limits.Bounds[] {
            new Limits.Bounds(5, 5, 1),
            new Limits.Bounds(7, 1, 1),
            new Limits.Bounds(100, 5, 1),
            new Limits.Bounds(7, 5, -1)
        }) {
            assertThrows(IllegalArgumentException.class, () -> new Limits(bounds, ordered));
            assertThrows(IllegalArgumentException.class, () -> new Limits(ordered, bounds));
        }
    }

    @Test
    @Tag("S51")
    @Tag("S54")
    void bind_checks_directory_then_readiness_then_argument() {
        var bench = new Bench().after(new OpenDevice(9, true));
        assertEquals("Complete EINVAL", bench.say(write("bind nonsense")));
        assertEquals("Complete EINVAL", bench.say(write("bind")));
        bench.after(write("dir /c"));
        assertEquals("Complete EINVAL", bench.say(write("bind ondemand ")));
        bench.after(write("bind ondemand"), new DirectoryChecked(OK));
        assertEquals("Complete EBUSY", bench.say(write("bind nonsense")));
    }

    @Test
    @Tag("S50")
    void a_debug_mask_is_kept() {
        assertEquals(255, bound("bind").after(write("debug 0xff")).state.debug());
    }

    @ParameterizedTest
    @CsvSource({"EBUSY", "ENOENT", "ENOTDIR", "EINVAL", "EOPNOTSUPP", "EROFS"})
    @Tag("S55")
    void what_is_wrong_with_the_directory_comes_through(Errno errno) {
        var bench = new Bench().after(new OpenDevice(9, true), write("dir /c"));
        assertEquals("CheckDirectory /c CacheFiles", bench.say(write(1, "bind ondemand")));
        assertEquals("Complete 1 " + errno, bench.say(new DirectoryChecked(errno)));
        assertEquals(Life.OPEN, bench.state.life());
    }

    @Test
    @Tag("S56")
    @Tag("G7")
    void a_bind_that_failed_leaves_no_mode_behind() {
        var bench = new Bench().after(new OpenDevice(9, true), write("dir /c"));
        bench.after(write("bind ondemand"), new DirectoryChecked(ENOTDIR));
        assertFalse(bench.state.onDemand());
        bench.after(write("bind"), new DirectoryChecked(OK));
        assertFalse(bench.state.onDemand());
        assertEquals("Complete EOPNOTSUPP", bench.say(write("restore")));
    }

    @Test
    @Tag("I15")
    @Tag("I17")
    void a_device_closed_while_it_is_bound_gives_back_what_the_check_took() {
        var bench = new Bench().after(new OpenDevice(9, true), write("dir /c"), write(1, "bind"));
        assertEquals("Complete 1 EIO", bench.say(new CloseDevice(0)));
        assertEquals("Complete 2 EBUSY", bench.say(new OpenDevice(2, true)));
        assertEquals("ReleaseDirectory /c CacheFiles", bench.say(new DirectoryChecked(OK)));
        assertEquals("Complete 2 OK", bench.say(new OpenDevice(2, true)));
    }

    @Test
    @Tag("S52")
    @Tag("S112")
    @Tag("S113")
    @Tag("S114")
    void cull_and_inuse_go_to_the_store_with_the_directory_of_the_writer() {
        var bench = bound("bind ondemand");
        assertEquals("CullFile 1 /cwd Dx", bench.say(write(1, "cull Dx")));
        assertEquals("CheckInUse 1 /cwd Dx", bench.say(write(1, "inuse Dx")));
        assertEquals("Complete 1 EINVAL", bench.say(write(1, "inuse D/x")));
    }

    @Test
    @Tag("S57")
    void an_answer_needs_the_on_demand_mode_before_it_needs_to_make_sense() {
        assertEquals("Complete EOPNOTSUPP", bound("bind").say(write("copen")));
        assertEquals("Complete EINVAL", bound("bind ondemand").say(write("copen")));
    }

    // ---- space and errors

    @Test
    @Tag("S41")
    @Tag("S42")
    @Tag("S115")
    void culling_begins_below_one_limit_and_ends_above_both_others() {
        var bench = bound("bind ondemand");
        assertEquals("", bench.say(space(5, 5)));
        assertEquals("WakePollers", bench.say(space(4, 90)));
        assertTrue(bench.state.culling());
        assertEquals("", bench.say(space(6, 90)));
        assertEquals("", bench.say(space(90, 6)));
        assertTrue(bench.state.culling());
        assertEquals("WakePollers", bench.say(space(7, 7)));
        assertFalse(bench.state.culling());
    }

    @Test
    @Tag("S61")
    @Tag("S115")
    void below_the_stop_limit_no_file_is_made() {
        var bench = bound("bind ondemand").after(volume(1));
        assertEquals("SetFull true, WakePollers", bench.say(space(90, 0)));
        assertEquals("StartLookUp a false", bench.say(acquire(2, A)));
        assertEquals("SetFull false", bench.say(space(90, 1)));
        assertEquals("StartLookUp b true", bench.say(acquire(3, B)));
        assertTrue(bench.state.culling());
    }

    @Test
    @Tag("S115")
    void a_file_system_without_a_bound_on_files_is_never_short_of_them() {
        var unbounded = new FreeSpace(0, 0, Long.MAX_VALUE, Long.MAX_VALUE);
        assertEquals("", bound("bind").say(new MeasureSpace(unbounded)));
    }

    @Test
    @Tag("S116")
    @Tag("B9")
    @Tag("I2")
    void an_io_error_ends_every_request_and_refuses_new_operations() {
        var bench = bound("bind ondemand").after(volume(1), acquire(2, A));
        assertEquals("FlushAll EIO, RefuseOperations", bench.say(new FailCache()));
        assertEquals("Complete EIO", bench.say(write("copen 1,5")));
        assertEquals("Complete 3 ENOBUFS", bench.say(acquire(3, A)));
        assertEquals("Complete 2 EIO, Withdraw a", bench.say(new LookedUp(A, EIO)));
        assertEquals("FlushAll EIO", bench.say(new CloseDevice(0)));
        assertEquals("ReleaseDirectory /c CacheFiles", bench.say(new Withdrawn(A)));
    }

    // ---- volumes and cookies

    @Test
    @Tag("S5")
    @Tag("S110")
    @Tag("Q11")
    void a_volume_is_gone_only_after_its_cookies_and_then_goes_to_who_waits() {
        var bench = bound("bind ondemand").after(volume(1), acquire(2, A), new LookedUp(A, OK));
        assertEquals("Complete 3 EBUSY", bench.say(volume(3)));
        assertEquals("", bench.say(new RelinquishVolume(4, 1)));
        assertEquals("", bench.say(volume(5)));
        assertEquals("Complete 6 EBUSY", bench.say(volume(6)));
        assertEquals("Withdraw a", bench.say(new ReleaseCookie(2)));
        assertEquals("Complete 4 OK, Complete 5 OK", bench.say(new Withdrawn(A)));
        assertEquals("StartLookUp a true", bench.say(acquire(7, 5, A.key(), false)));
    }

    @Test
    @Tag("S6")
    @Tag("Q11")
    void who_comes_while_the_object_is_withdrawn_gets_a_new_one() {
        var bench = bound("bind ondemand").after(volume(1), acquire(2, A), new LookedUp(A, OK));
        assertEquals("Withdraw a", bench.say(new ReleaseCookie(2)));
        assertEquals("", bench.say(acquire(3, A)));
        assertEquals("", bench.say(acquire(4, A)));
        assertEquals("StartLookUp a true", bench.say(new Withdrawn(A)));
        assertEquals("Complete 3 OK, Complete 4 OK", bench.say(new LookedUp(A, OK)));
    }

    @Test
    @Tag("B33")
    void an_object_is_not_withdrawn_while_anyone_uses_or_awaits_it() {
        var bench = bound("bind ondemand").after(volume(1), acquire(2, A), new LookedUp(A, OK));
        assertEquals("Complete 3 OK", bench.say(acquire(3, A)));
        assertEquals("", bench.say(new ReleaseCookie(2)));
        assertEquals("Complete 4 OK", bench.say(acquire(4, A)));
        assertEquals("", bench.say(new ReleaseCookie(3)));
        assertEquals("Withdraw a", bench.say(new ReleaseCookie(4)));
    }

    @Test
    @Tag("B41")
    @Tag("I1")
    void a_use_ends_once_however_often_it_is_released() {
        var bench = bound("bind ondemand").after(volume(1), acquire(2, A), acquire(3, A), new LookedUp(A, OK));
        assertEquals("", bench.say(new ReleaseCookie(2)));
        assertEquals("", bench.say(new ReleaseCookie(2)));
        assertEquals("Withdraw a", bench.say(new ReleaseCookie(3)));
        assertEquals("", bench.say(new ReleaseCookie(3)));
    }

    @Test
    @Tag("S107")
    @Tag("B23")
    @Tag("I17")
    @Tag("T02")
    void a_failed_look_up_is_undone_before_the_next_attempt() {
        var bench = bound("bind ondemand").after(volume(1), acquire(2, A), acquire(3, A));
        assertEquals(A, bench.state.usedBy(3));
        assertEquals("Complete 2 EIO, Complete 3 EIO, Withdraw a", bench.say(new LookedUp(A, EIO)));
        assertNull(bench.state.usedBy(3));
        assertEquals("", bench.say(acquire(4, A)));
        assertEquals("StartLookUp a true", bench.say(new Withdrawn(A)));
        assertEquals("Complete 4 OK", bench.say(new LookedUp(A, OK)));
        assertEquals("", bench.say(new ReleaseCookie(2)));
        assertEquals("Withdraw a", bench.say(new ReleaseCookie(4)));
        assertEquals("", bench.say(new Withdrawn(A)));
        assertEquals(0, bench.state.cookies());
    }

    @Test
    @Tag("S121")
    @Tag("T17")
    void a_domain_shares_its_blobs_among_all_mounts() {
        var bench = bound("bind ondemand").after(shared(1), shared(2), acquire(3, A), new LookedUp(A, OK));
        assertEquals("Complete 4 OK", bench.say(acquire(4, 2, A.key(), false)));
        bench.after(new ReleaseCookie(3));
        assertEquals("Complete 5 OK", bench.say(new RelinquishVolume(5, 1)));
        assertEquals("Withdraw a", bench.say(new ReleaseCookie(4)));
        assertEquals("", bench.say(new RelinquishVolume(6, 2)));
        assertEquals("Complete 6 OK", bench.say(new Withdrawn(A)));
    }

    @Test
    @Tag("S121")
    @Tag("B41")
    void the_same_image_mounted_again_in_its_domain_fails_and_leaves_the_first_alone() {
        var bench = bound("bind ondemand").after(shared(1), acquire(2, 1, A.key(), true), new LookedUp(A, OK));
        bench.after(shared(3));
        assertEquals("Complete 4 EEXIST", bench.say(acquire(4, 3, A.key(), true)));
        assertEquals("", bench.say(new ReleaseCookie(4)));
        assertEquals("Complete 5 OK", bench.say(new RelinquishVolume(5, 3)));
        assertEquals("Complete 6 OK", bench.say(acquire(6, 1, A.key(), false)));
    }

    @Test
    @Tag("S110")
    @Tag("B29")
    void objects_are_counted_only_after_the_look_ups_in_progress() {
        var bench = bound("bind ondemand").after(volume(1), acquire(2, A), new LookedUp(A, OK), acquire(3, B));
        assertEquals("FlushAll EIO", bench.say(new CloseDevice(0)));
        assertEquals("Complete 4 ENOBUFS", bench.say(acquire(4, A)));
        assertEquals("Complete 3 ENOBUFS, Withdraw b, Withdraw a", bench.say(new LookedUp(B, OK)));
        assertEquals("", bench.say(new Withdrawn(A)));
        assertEquals("ReleaseDirectory /c CacheFiles", bench.say(new Withdrawn(B)));
    }

    @Test
    @Tag("S110")
    @Tag("B29")
    void while_one_look_up_is_in_progress_no_object_is_withdrawn_but_those_whose_look_up_has_ended() {
        var bench = bound("bind ondemand").after(volume(1), acquire(2, A), new LookedUp(A, OK), acquire(3, B));
        bench.after(acquire(4, C), new CloseDevice(0));
        assertEquals("Complete 3 ENOBUFS, Withdraw b", bench.say(new LookedUp(B, OK)));
        assertEquals("Complete 4 ENOBUFS, Withdraw c, Withdraw a", bench.say(new LookedUp(C, OK)));
    }

    @Test
    @Tag("Q11")
    @Tag("I1")
    void who_waits_for_an_object_to_be_gone_hears_that_the_cache_has_failed_meanwhile() {
        var bench = bound("bind ondemand").after(volume(1), acquire(2, A), new LookedUp(A, OK), new ReleaseCookie(2));
        assertEquals("", bench.say(acquire(3, A)));
        bench.after(new FailCache());
        assertEquals("Complete 3 ENOBUFS", bench.say(new Withdrawn(A)));
        assertNull(bench.state.usedBy(3));
    }

    @Test
    @Tag("B28")
    @Tag("I16")
    void a_mount_may_fail_while_the_cache_goes() {
        var bench = bound("bind ondemand").after(volume(1), acquire(2, A));
        assertEquals("FlushAll EIO", bench.say(new CloseDevice(0)));
        assertEquals("Complete 2 EIO, Withdraw a", bench.say(new LookedUp(A, EIO)));
        assertEquals("", bench.say(new RelinquishVolume(3, 1)));
        assertEquals("Complete 3 OK, ReleaseDirectory /c CacheFiles", bench.say(new Withdrawn(A)));
    }

    @Test
    @Tag("Q6")
    @Tag("T03")
    void what_was_mounted_before_is_broken_and_in_nobodys_way() {
        var bench = bound("bind ondemand").after(volume(1), acquire(2, A), new LookedUp(A, OK), new CloseDevice(0));
        assertEquals("ReleaseDirectory /c CacheFiles", bench.say(new Withdrawn(A)));
        bench.after(new OpenDevice(9, true), write("dir /c"), write("bind ondemand"), new DirectoryChecked(OK));
        assertEquals("Complete 3 ENOBUFS", bench.say(acquire(3, A)));
        assertEquals("Complete 4 OK", bench.say(volume(4)));
        assertEquals("StartLookUp a true", bench.say(acquire(5, 4, A.key(), false)));
        assertEquals("", bench.say(new ReleaseCookie(2)));
        assertEquals("Complete 6 OK", bench.say(new RelinquishVolume(6, 1)));
        assertEquals("Complete 5 OK", bench.say(new LookedUp(A, OK)));
    }

    @Test
    @Tag("S85")
    @Tag("Q2")
    void while_handles_pin_a_dead_cache_only_what_is_there_is_served() {
        var bench = bound("bind ondemand").after(volume(1), acquire(2, A), new LookedUp(A, OK), new CloseDevice(1));
        assertEquals("Complete 3 OK", bench.say(acquire(3, A)));
        assertEquals("Complete 4 EIO", bench.say(acquire(4, B)));
        assertEquals("Complete 5 EIO", bench.say(new AcquireVolume(5, Key.of("other"), false)));
        assertEquals("Withdraw a", bench.say(new CloseHandles(0)));
    }

    @Test
    @Tag("I15")
    void every_wait_can_be_cancelled_and_costs_the_others_nothing() {
        var bench = bound("bind ondemand").after(volume(1), acquire(2, A), acquire(3, A));
        assertEquals("Complete 2 EBUSY", bench.say(new CacheCommand.Cancel(2, EBUSY)));
        assertEquals("", bench.say(new CacheCommand.Cancel(2, EBUSY)));
        assertEquals("Complete 3 OK", bench.say(new LookedUp(A, OK)));
        assertEquals("", bench.say(new CacheCommand.Cancel(3, EBUSY)));
        bench.after(new RelinquishVolume(4, 1), volume(5));
        assertEquals("Complete 5 EBUSY", bench.say(new CacheCommand.Cancel(5, EBUSY)));
        assertEquals("Complete 4 EBUSY", bench.say(new CacheCommand.Cancel(4, EBUSY)));
        bench.after(new ReleaseCookie(3), new Withdrawn(A));
        assertEquals("Complete 6 OK", bench.say(volume(6)));
    }

    private static CacheCommand volume(long ticket) {
        return new AcquireVolume(ticket, VOLUME, false);
    }

    private static CacheCommand shared(long ticket) {
        return new AcquireVolume(ticket, VOLUME, true);
    }

    private static CacheCommand acquire(long ticket, Cookie cookie) {
        return acquire(ticket, 1, cookie.key(), false);
    }

    private static CacheCommand acquire(long ticket, long owner, Key key, boolean primary) {
        return new AcquireCookie(ticket, owner, key, primary);
    }

    private static CacheCommand space(int filesPercent, int blocksPercent) {
        return new MeasureSpace(new FreeSpace(filesPercent, 100, blocksPercent, 100));
    }

    @Test
    @Tag("B35")
    @Tag("I12")
    void two_cookies_of_a_new_volume_are_both_looked_up_and_both_users_told() {
        var bench = bound("bind ondemand").after(volume(1));
        assertEquals("StartLookUp a true", bench.say(acquire(2, A)));
        assertEquals("StartLookUp b true", bench.say(acquire(3, B)));
        assertEquals("Complete 3 OK", bench.say(new LookedUp(B, OK)));
        assertEquals("Complete 2 OK", bench.say(new LookedUp(A, OK)));
    }

    @Test
    @Tag("T16")
    @Tag("B40")
    void a_mount_keeps_its_name_for_whoever_asks_for_it_again() {
        var bench = bound("bind ondemand").after(volume(1), acquire(2, A), new LookedUp(A, OK));
        assertEquals("Complete 3 EBUSY", bench.say(volume(3)));
        assertEquals("Complete 4 OK", bench.say(acquire(4, A)));
    }
}
