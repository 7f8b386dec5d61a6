package cachefiles.app.check.museum;

import cachefiles.kernel.extent.BackingFile;
import cachefiles.kernel.handle.Fence;
import cachefiles.kernel.handle.HandleFile;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.DeviceException;
import cachefiles.kernel.uapi.Handle;
import cachefiles.kernel.uapi.ObjectId;
import cachefiles.persistence.store.DirectoryLockedException;
import cachefiles.persistence.store.FileStore;
import cachefiles.persistence.store.MemoryDisk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.NoSuchElementException;
import java.util.concurrent.atomic.AtomicInteger;

/// What the store, or the file behind a descriptor, is put through where no core is at work.
enum Trial {
    DAMAGED,
    CULLED,
    LOCKED,
    FOUND,
    WRITTEN,
    EARLY;

    private static final Cookie COOKIE = Cookie.of("volume", "blob");
    private static final Handle HANDLE = new Handle(COOKIE, new ObjectId(1), 1);
    private static final int BYTES = 100;

    /// What comes of it, in words.
    String outcome() {
        try {
            var directory = Files.createTempDirectory("museum");
            try {
                return in(directory);
            } finally {
                delete(directory);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private String in(Path directory) throws IOException {
        return switch (this) {
            case DAMAGED -> damaged(directory);
            case CULLED -> culled(directory);
            case LOCKED -> locked(directory);
            case FOUND -> found();
            case WRITTEN -> written();
            case EARLY -> early();
        };
    }

    /// The record beside a stored file is damaged, and the file taken into use again.
    private static String damaged(Path directory) throws IOException {
        attached(directory);
        try (var files = Files.walk(directory.resolve("blocks"))) {
            for (Path record : files.filter(Files::isRegularFile).toList()) {
                Files.write(record, new byte[(int) Files.size(record)]);
            }
        }
        return attached(directory);
    }

    /// A file in use is culled.
    private static String culled(Path directory) throws IOException {
        try (var store = FileStore.open(directory)) {
            store.file(COOKIE).attach(1, "v1");
            return store.cull(COOKIE).toString();
        }
    }

    /// A directory in use is taken into use once more.
    private static String locked(Path directory) throws IOException {
        try (var _ = FileStore.open(directory);
                var _ = FileStore.open(directory)) {
            return "two use it";
        } catch (DirectoryLockedException | OverlappingFileLockException refused) {
            return "one is refused";
        }
    }

    /// A process dies with a file in use, and the next one looks for its bytes.
    private static String found() throws IOException {
        var disk = MemoryDisk.recording();
        var file = disk.store(() -> 1).file(COOKIE);
        file.attach(1, "v1");
        file.write(0, ByteBuffer.allocate(1), BackingFile.WritePermit.ALWAYS);
        var next = disk.image().store(() -> 2).file(COOKIE);
        next.attach(1, "v1");
        return "present: " + next.presentBytes();
    }

    /// A daemon writes 100 bytes.
    private static String written() throws IOException {
        var file = MemoryDisk.forgetful().store(() -> 1).file(COOKIE);
        file.attach(BYTES, "v1");
        return written(file);
    }

    /// A daemon writes while the object is still at its file.
    private static String early() {
        return written(attachedLate(MemoryDisk.forgetful().store(() -> 1).file(COOKIE)));
    }

    private static String attached(Path directory) throws IOException {
        try (var store = FileStore.open(directory)) {
            var file = store.file(COOKIE);
            boolean known = file.attach(1, "v1");
            file.write(0, ByteBuffer.wrap(new byte[] {1}), BackingFile.WritePermit.ALWAYS);
            return known ? "the old content" : "nothing is left of it";
        } catch (NoSuchElementException failed) {
            return "the look-up fails";
        }
    }

    /// What a daemon gets for writing them, once its OPEN is accepted.
    private static String written(BackingFile file) {
        var fence = new Fence(_ -> {});
        fence.raise(HANDLE.incarnation(), HANDLE.incarnation());
        var gate = new Fence.Gate();
        gate.accept();
        var fd = new HandleFile(fence, gate, HANDLE, HANDLE.incarnation(), file);
        try {
            return fd.write(ByteBuffer.allocate(BYTES), 0) + " bytes";
        } catch (DeviceException refused) {
            return refused.errno().name();
        }
    }

    /// `file`, which is attached when somebody asks for the second time whether it is.
    private static BackingFile attachedLate(BackingFile file) {
        var asked = new AtomicInteger();
        InvocationHandler late = (_, method, arguments) -> {
            if (method.getName().equals("attached") && asked.incrementAndGet() == 2) {
                file.attach(BYTES, "v1");
            }
            return method.invoke(file, arguments);
        };
        return (BackingFile)
                Proxy.newProxyInstance(BackingFile.class.getClassLoader(), new Class<?>[] {BackingFile.class}, late);
    }

    private static void delete(Path directory) throws IOException {
        try (var files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
