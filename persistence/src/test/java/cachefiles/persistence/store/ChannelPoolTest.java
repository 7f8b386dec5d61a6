package cachefiles.persistence.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(60)
class ChannelPoolTest {
    @TempDir
    Path directory;

    private ChannelPool pool = new ChannelPool(HostDisk.INSTANCE, 2);

    @Test
    void what_was_used_longest_ago_goes_first() throws IOException {
        var a = slot("a");
        Disk.Channel channelA = a.with(channel -> channel);
        Disk.Channel channelB = slot("b").with(channel -> channel);
        a.with(ChannelPoolTest::use);

        slot("c").with(ChannelPoolTest::use);

        assertTrue(channelA.isOpen());
        assertFalse(channelB.isOpen());
        assertEquals(2, pool.openCount());
    }

    @Test
    void a_file_in_use_stays_open_and_who_needs_another_waits_for_it() throws Exception {
        pool = new ChannelPool(HostDisk.INSTANCE, 1);
        var inside = new AtomicReference<Disk.Channel>();
        var entered = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        Thread user = StoreContract.started(() -> slot("a").with(channel -> {
            inside.set(channel);
            entered.countDown();
            await(goOn);
            return use(channel);
        }));
        entered.await();
        Thread other = StoreContract.started(() -> slot("b").with(ChannelPoolTest::use));
        StoreContract.awaitWaiting(other);

        assertTrue(inside.get().isOpen());
        assertEquals(1, pool.openCount());
        goOn.countDown();
        user.join();
        other.join();

        assertFalse(inside.get().isOpen());
        assertEquals(1, pool.openCount());
    }

    @Test
    void a_place_that_comes_free_wakes_one_of_those_who_wait() throws Exception {
        pool = new ChannelPool(HostDisk.INSTANCE, 1);
        var entered = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        Thread user = StoreContract.started(() -> slot("a").with(channel -> {
            entered.countDown();
            await(goOn);
            return use(channel);
        }));
        entered.await();
        var others = new ArrayList<Thread>();
        for (int i = 0; i < 20; i++) {
            var slot = slot("b" + i);
            others.add(StoreContract.started(() -> slot.with(ChannelPoolTest::use)));
        }
        for (Thread other : others) {
            StoreContract.awaitWaiting(other);
        }
        goOn.countDown();
        user.join();
        for (Thread other : others) {
            other.join();
        }
        assertEquals(20, pool.wakeUps());
    }

    @Test
    void a_retired_file_closes_with_its_last_user_and_opens_no_more() throws IOException {
        var slot = slot("a");
        Disk.Channel used = slot.with(channel -> {
            slot.retire();
            assertTrue(channel.isOpen());
            return channel;
        });

        assertFalse(used.isOpen());
        assertEquals(0, pool.openCount());
        assertThrows(ClosedChannelException.class, () -> slot.with(ChannelPoolTest::use));
    }

    @Test
    void a_file_that_cannot_be_opened_takes_no_place() throws IOException {
        for (int i = 0; i < 5; i++) {
            var failure =
                    assertThrows(IOException.class, () -> slot("missing/file").with(ChannelPoolTest::use));
            assertTrue(String.valueOf(failure.getMessage()).contains("missing/file"));
        }
        assertEquals(0, pool.openCount());
        slot("a").with(ChannelPoolTest::use);
    }

    @Test
    void an_error_names_the_file() {
        var failure = assertThrows(
                IOException.class,
                () -> slot("a").with(_ -> {
                    throw new IOException("disk on fire");
                }));

        assertEquals(directory.resolve("a") + ": disk on fire", failure.getMessage());
    }

    @Test
    void a_closed_pool_opens_nothing() throws IOException {
        Disk.Channel used = slot("a").with(channel -> channel);

        pool.close();

        assertFalse(used.isOpen());
        assertThrows(ClosedChannelException.class, () -> slot("b").with(ChannelPoolTest::use));
    }

    private ChannelPool.Slot slot(String name) {
        return pool.slot(() -> directory.resolve(name));
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    private static int use(Disk.Channel channel) throws IOException {
        return channel.read(ByteBuffer.allocate(1), 0);
    }
}
