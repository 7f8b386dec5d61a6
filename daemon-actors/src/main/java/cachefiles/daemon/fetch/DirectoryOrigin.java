package cachefiles.daemon.fetch;

import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.DeviceException;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Key;
import cachefiles.kernel.uapi.KeyText;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/// The files below a directory. A key is a path relative to it, `/` between names; the volume plays no part.
///
/// - **Names are bytes.** Any name the file system has can be a key, whatever the locale: UTF-8 or not, with newlines
///   or not. [KeyText] shows them on one line. Only a path of more than 255 bytes cannot be asked for.
/// - **One key a file.** A key with an empty name, `.`, or a `/` at an end is no file's: `ENOENT`.
/// - **Nothing outside.** `..`, and symbolic links that lead out, are `EACCES`; links within are followed. (Whoever can
///   rename directories of the origin while we resolve a key can still lead us astray.)
/// - **One version.** The validator is size, time of change of content and of inode, and inode number. It is compared
///   before and after each read, so what is fetched belongs to it. The time of inode change makes it change on `chmod`
///   too, but nobody can set it back. A file that changes twice within one tick of the file system's clock looks
///   unchanged.
///
/// Each fetch opens the file, about 30 us on the machine of docs/performance.md, so that nothing has to be kept.
public final class DirectoryOrigin implements Catalogue {
    private static final String ATTRIBUTES = "unix:size,lastModifiedTime,ctime,ino,isRegularFile,isDirectory";

    private final Path root;

    /// [#root] as an address, with `/` behind it. Through addresses Java takes and gives names as bytes.
    private final String address;

    private DirectoryOrigin(Path root) {
        this.root = root;
        String plain = root.toUri().toString();
        this.address = plain.endsWith("/") ? plain : plain + "/";
    }

    /// @throws IOException `root` is missing, or no directory
    public static DirectoryOrigin of(Path root) throws IOException {
        Path real = root.toRealPath();
        if (!Files.isDirectory(real)) {
            throw new NotDirectoryException(root.toString());
        }
        return new DirectoryOrigin(real);
    }

    @Override
    public Content find(Cookie cookie) throws DeviceException {
        Key key = cookie.key();
        Path file = resolved(key);
        Content found = found(key, file);
        if (!Files.isReadable(file)) {
            throw failure(key, Errno.EACCES, "reading it is not allowed");
        }
        return found;
    }

    /// The bytes between the position and the limit of `target` are undefined after an error.
    @Override
    public void fetch(Cookie cookie, Content expected, long offset, ByteBuffer target) throws DeviceException {
        Key key = cookie.key();
        Path file = resolved(key);
        checkVersion(key, file, expected);
        try (var channel = FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            long shift = offset - target.position();
            while (target.hasRemaining()) {
                if (channel.read(target, shift + target.position()) < 0) {
                    throw failure(key, Errno.ESTALE, "it ends before byte " + (shift + target.limit()));
                }
            }
        } catch (IOException failed) {
            throw failure(key, failed);
        }
        checkVersion(key, file, expected);
    }

    private static void checkVersion(Key key, Path file, Content expected) throws DeviceException {
        if (!found(key, file).equals(expected)) {
            throw failure(key, Errno.ESTALE, "it changed since it was opened");
        }
    }

    /// Where `key` is in truth, links resolved.
    private Path resolved(Key key) throws DeviceException {
        Path path = path(key);
        try {
            Path real = path.toRealPath();
            if (!real.startsWith(root)) {
                throw failure(key, Errno.EACCES, "it leads out of " + root);
            }
            return real;
        } catch (IOException failed) {
            throw throughFile(path) ? failure(key, Errno.ENOENT, "part of its path is a file") : failure(key, failed);
        }
    }

    private boolean throughFile(Path path) {
        for (Path parent = path.getParent(); parent != null && !parent.equals(root); parent = parent.getParent()) {
            if (Files.isRegularFile(parent)) {
                return true;
            }
        }
        return false;
    }

    private Path path(Key key) throws DeviceException {
        KeyPath.check(key);
        return Path.of(URI.create(address + KeyPath.escaped(key)));
    }

    private static Content found(Key key, Path file) throws DeviceException {
        try {
            Map<String, Object> attributes = Files.readAttributes(file, ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
            if (get(attributes, "isDirectory", Boolean.class)) {
                throw failure(key, Errno.EISDIR, "read the files in it");
            }
            if (!get(attributes, "isRegularFile", Boolean.class)) {
                throw failure(key, Errno.EACCES, "it is no regular file");
            }
            long size = get(attributes, "size", Long.class);
            long modified = get(attributes, "lastModifiedTime", FileTime.class).to(TimeUnit.NANOSECONDS);
            long changed = get(attributes, "ctime", FileTime.class).to(TimeUnit.NANOSECONDS);
            long inode = get(attributes, "ino", Long.class);
            return new Content(size, hex(size) + "-" + hex(modified) + "-" + hex(changed) + "-" + hex(inode));
        } catch (IOException failed) {
            throw failure(key, failed);
        }
    }

    private static String hex(long value) {
        return Long.toHexString(value);
    }

    private static <T> T get(Map<String, Object> attributes, String name, Class<T> type) {
        return type.cast(Objects.requireNonNull(attributes.get(name), name));
    }

    private static DeviceException failure(Key key, Errno errno, String why) {
        return new DeviceException(errno, KeyText.of(key) + ": " + why);
    }

    private static DeviceException failure(Key key, IOException cause) {
        Errno errno = switch (cause) {
            case NoSuchFileException _ -> Errno.ENOENT;
            case AccessDeniedException _ -> Errno.EACCES;
            case ClosedByInterruptException _ -> Errno.EINTR;
            default -> Errno.EIO;
        };
        return new DeviceException(errno, KeyText.of(key) + ": " + cause.getMessage(), cause);
    }

    /// A file that can be asked for.
    public record Listed(Key key, Content found) {}

    /// All files whose keys begin with `prefix`, in the order of their bytes. Directories are read one at a time, when
    /// the stream comes to them. Links to files are listed, links to directories not entered, so that it ends.
    /// @param prefix as [KeyText] writes keys; empty for all
    /// @param skipped gets what could not be listed: unreadable directories, links that lead nowhere or out, special
    /// files,
    ///     `ENAMETOOLONG` for paths that are too long for a key
    /// @throws IllegalArgumentException as [KeyText#parse]
    public Stream<Listed> list(String prefix, Consumer<DeviceException> skipped) {
        var walk = new Walk(KeyText.parse(prefix), skipped);
        return StreamSupport.stream(
                Spliterators.spliteratorUnknownSize(walk, Spliterator.ORDERED | Spliterator.NONNULL), false);
    }

    @Override
    public Stream<Key> keys(String prefix, Consumer<DeviceException> skipped) {
        return list(prefix, skipped).map(Listed::key);
    }

    @Override
    public void close() {}

    @Override
    public String toString() {
        return root.toString();
    }

    /// A file or directory below the root.
    /// @param name its path as a key; a directory's ends with `/`, which puts it in the right place among its siblings
    private record Child(byte[] name, Path path, boolean directory) implements Comparable<Child> {
        @Override
        public int compareTo(Child other) {
            return Arrays.compareUnsigned(name, other.name);
        }
    }

    /// Goes down depth first; `levels` holds what is left of each directory on the way.
    private final class Walk implements Iterator<Listed> {
        private final byte[] prefix;
        private final Consumer<DeviceException> skipped;
        private final Deque<Iterator<Child>> levels = new ArrayDeque<>();
        private final Deque<Listed> next = new ArrayDeque<>(1);

        Walk(byte[] prefix, Consumer<DeviceException> skipped) {
            this.prefix = prefix;
            this.skipped = skipped;
            levels.push(children(root).iterator());
        }

        @Override
        public boolean hasNext() {
            while (next.isEmpty() && !levels.isEmpty()) {
                Iterator<Child> level = levels.peek();
                if (level.hasNext()) {
                    visit(level.next());
                } else {
                    levels.pop();
                }
            }
            return !next.isEmpty();
        }

        @Override
        public Listed next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            return next.remove();
        }

        private void visit(Child child) {
            if (child.directory) {
                if (startsWith(child.name, prefix) || startsWith(prefix, child.name)) {
                    levels.push(children(child.path).iterator());
                }
            } else if (startsWith(child.name, prefix)) {
                try {
                    next.add(listed(child));
                } catch (DeviceException failed) {
                    if (failed.errno() != Errno.EISDIR) { // a link to a directory
                        skipped.accept(failed);
                    }
                }
            }
        }

        private Listed listed(Child child) throws DeviceException {
            if (child.name.length > Key.MAX_BYTES) {
                throw new DeviceException(Errno.ENAMETOOLONG, child.path.toString());
            }
            Key key = Key.of(child.name);
            return new Listed(key, found(key, resolved(key)));
        }

        private List<Child> children(Path directory) {
            var children = new ArrayList<Child>();
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
                for (Path entry : entries) {
                    children.add(child(entry));
                }
            } catch (IOException | DirectoryIteratorException failed) {
                skipped.accept(new DeviceException(Errno.EIO, directory + ": " + failed.getMessage(), failed));
            }
            Collections.sort(children);
            return children;
        }

        private Child child(Path entry) {
            boolean directory = Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS);
            String name = entry.toUri().toString().substring(address.length());
            String plain = name.endsWith("/") ? name.substring(0, name.length() - 1) : name;
            return new Child(KeyPath.unescaped(directory ? plain + "/" : plain), entry, directory);
        }
    }

    private static boolean startsWith(byte[] bytes, byte[] prefix) {
        return Arrays.mismatch(bytes, prefix) == prefix.length || Arrays.equals(bytes, prefix);
    }
}
