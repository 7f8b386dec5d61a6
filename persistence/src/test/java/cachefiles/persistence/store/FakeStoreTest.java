package cachefiles.persistence.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cachefiles.kernel.extent.BackingFile;
import cachefiles.kernel.extent.NoSpaceException;
import cachefiles.kernel.extent.Store;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.persistence.store.FakeStore.Fault;
import cachefiles.persistence.store.FakeStore.Moment;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class FakeStoreTest extends StoreContract {
    @Override
    Store open() {
        return new FakeStore();
    }

    @Override
    Store reopened(Store stopped) {
        return ((FakeStore) stopped).restarted();
    }

    @Override
    Store reopenedWithFlippedByte(Store stopped, Cookie cookie, long offset) {
        ((FakeStore) stopped).damage(cookie, offset);
        return reopened(stopped);
    }

    @Test
    void a_fault_ends_the_operation_it_strikes_and_no_other() throws IOException {
        BackingFile file = attached();
        strike(Moment.WRITE, Fault.IO_ERROR);
        assertThrows(IOException.class, () -> write(file, 0, 1));
        strike(Moment.WRITE, Fault.NO_SPACE);
        assertThrows(NoSpaceException.class, () -> write(file, 0, 1));
        strike(Moment.PUBLISH, Fault.IO_ERROR);
        assertThrows(IOException.class, () -> write(file, 0, 1));
        assertEquals(0, file.presentBytes());
        strike(Moment.READ, Fault.IO_ERROR);
        assertTrue(write(file, 0, 1));
        assertThrows(IOException.class, () -> read(file, 0, 1));
        strike(Moment.ATTACH, Fault.NONE);
        assertArrayEquals(slice(0, BLOCK), read(file, 0, BLOCK));
    }

    @Test
    @Tag("S62")
    void a_short_write_fails_though_some_of_it_is_present() throws IOException {
        BackingFile file = attached();
        strike(Moment.WRITE, Fault.SHORT_WRITE);

        assertThrows(IOException.class, () -> write(file, 0, 4));

        assertArrayEquals(slice(0, 2 * BLOCK), read(file, 0, SIZE));
    }

    @Test
    void faults_are_asked_in_the_order_of_what_happens() throws IOException {
        List<Moment> moments = new ArrayList<>();
        ((FakeStore) store).faults((moment, _, _) -> {
            moments.add(moment);
            return Fault.NONE;
        });
        BackingFile file = attached();
        write(file, 0, 1);
        read(file, 0, 1);
        file.clear();

        assertEquals(List.of(Moment.ATTACH, Moment.WRITE, Moment.PUBLISH, Moment.READ, Moment.CLEAR), moments);
    }

    private void strike(Moment when, Fault fault) {
        ((FakeStore) store).faults((moment, _, _) -> moment == when ? fault : Fault.NONE);
    }
}
