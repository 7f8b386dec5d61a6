package cachefiles.persistence.store;

import cachefiles.kernel.extent.FreeSpace;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// A file system as the store uses it. There is no way to sync: what is written is in the operating system's hands, and
/// survives the process, not the machine.
interface Disk {
    /// Opens a file to read and write it, and makes it if there is none.
    /// @throws NoSuchFileException its directory is missing
    Channel open(Path path) throws IOException;

    /// Length of a regular file in bytes; -1 if there is none, or something else in its place.
    long regularLength(Path path) throws IOException;

    /// Whether anything has that name.
    boolean exists(Path path);

    /// Makes the directories above a file, unless they are there.
    void createDirectoriesOf(Path file) throws IOException;

    /// Removes a file or an empty directory. Whoever has the file open keeps it.
    /// @return whether there was anything
    /// @throws DirectoryNotEmptyException it is a directory that holds something
    boolean remove(Path path) throws IOException;

    /// Moves whatever is at `path` to a fresh name in `graveyard`, which is made if it is missing.
    void bury(Path path, Path graveyard) throws IOException;

    /// What is left of the file system that holds `path`.
    FreeSpace space(Path path) throws IOException;

    /// An open file. Positioned reads and writes that do all they are asked for.
    interface Channel extends Closeable {
        /// Fills `target` from `position` on.
        /// @return bytes read; fewer at the end of the file
        int read(ByteBuffer target, long position) throws IOException;

        /// Writes all that `source` holds; the file grows if need be.
        /// @return bytes written
        int write(ByteBuffer source, long position) throws IOException;

        /// Cuts the file to no bytes at all.
        void empty() throws IOException;

        boolean isOpen();
    }
}
