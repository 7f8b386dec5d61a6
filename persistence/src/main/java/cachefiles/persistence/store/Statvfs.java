package cachefiles.persistence.store;

import cachefiles.kernel.extent.FreeSpace;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Measures a file system. Java tells its blocks, and not its files: these only `statvfs` itself tells, which needs
/// Linux and a JVM that was started with `--enable-native-access`. Elsewhere files count as unbounded.
///
/// ```
///     0       8        16        24       32        40       48       56
///     +-------+--------+---------+--------+---------+--------+--------+--
///     | bsize | frsize | blocks  | bfree  | bavail  | files  | ffree  | ...        struct statvfs, 64 bits
///     +-------+--------+---------+--------+---------+--------+--------+--
/// ```
final class Statvfs {
    private static final int STRUCT_BYTES = 256; // more than any Linux has
    private static final int BLOCKS = 16;
    private static final int BLOCKS_AVAILABLE = 32;
    private static final int FILES = 40;
    private static final int FILES_FREE = 48;

    private static final @Nullable MethodHandle CALL = call();

    private Statvfs() {}

    /// @return what the file system of `path` has, and what of it is left to us
    static FreeSpace of(Path path) throws IOException {
        var space = CALL == null ? null : called(CALL, path);
        return space == null ? blocksAlone(path) : space;
    }

    /// What Java itself can tell.
    static FreeSpace blocksAlone(Path path) throws IOException {
        var system = Files.getFileStore(path);
        return new FreeSpace(0, 0, system.getUsableSpace(), system.getTotalSpace());
    }

    private static @Nullable FreeSpace called(MethodHandle call, Path path) {
        try (var arena = Arena.ofConfined()) {
            var struct = arena.allocate(STRUCT_BYTES, Long.BYTES);
            int failed = (int) call.invokeExact(arena.allocateFrom(path.toString()), struct);
            return failed != 0
                    ? null // Java says why, or knows a name that we cannot spell
                    : new FreeSpace(
                            struct.get(ValueLayout.JAVA_LONG, FILES_FREE),
                            struct.get(ValueLayout.JAVA_LONG, FILES),
                            struct.get(ValueLayout.JAVA_LONG, BLOCKS_AVAILABLE),
                            struct.get(ValueLayout.JAVA_LONG, BLOCKS));
        } catch (Throwable failed) {
            throw new IllegalStateException("statvfs(" + path + ")", failed);
        }
    }

    @SuppressWarnings("restricted") // asked first whether it is allowed
    private static @Nullable MethodHandle call() {
        if (!System.getProperty("os.name").equals("Linux")
                || ValueLayout.ADDRESS.byteSize() != Long.BYTES
                || !Statvfs.class.getModule().isNativeAccessEnabled()) {
            return null;
        }
        var linker = Linker.nativeLinker();
        return linker.defaultLookup()
                .find("statvfs")
                .map(symbol -> linker.downcallHandle(
                        symbol, FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS)))
                .orElse(null);
    }
}
