package cachefiles.daemon.fetch;

import cachefiles.daemon.http.IndexPage;
import cachefiles.kernel.uapi.DeviceException;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Key;
import cachefiles.kernel.uapi.KeyText;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Consumer;

/// Goes down a server's index pages, depth first; a page is read when the walk comes to it.
final class HttpIndex implements Iterator<Key> {
    /// Reads the page of a folder.
    interface Pages {
        /// @param folder a key with `/` behind it; empty for the origin itself
        String page(byte[] folder) throws DeviceException;
    }

    /// @param name a key; a folder's ends with `/`, which puts it in the right place among its siblings
    private record Child(byte[] name) implements Comparable<Child> {
        boolean folder() {
            return name[name.length - 1] == '/';
        }

        boolean leadsTo(byte[] prefix) {
            int same = Arrays.mismatch(name, prefix);
            return same < 0 || same == prefix.length || same == name.length && folder();
        }

        @Override
        public int compareTo(Child other) {
            return Arrays.compareUnsigned(name, other.name);
        }
    }

    private final Pages pages;
    private final byte[] prefix;
    private final Consumer<DeviceException> skipped;
    private final Deque<Iterator<Child>> levels = new ArrayDeque<>();
    private final Deque<Key> next = new ArrayDeque<>(1);

    /// @throws DeviceException the first page cannot be read
    HttpIndex(Pages pages, byte[] prefix, Consumer<DeviceException> skipped) throws DeviceException {
        this.pages = pages;
        this.prefix = prefix;
        this.skipped = skipped;
        levels.push(children(new byte[0]).iterator());
    }

    @Override
    public boolean hasNext() {
        while (next.isEmpty() && !levels.isEmpty()) {
            var level = levels.peek();
            if (level.hasNext()) {
                visit(level.next());
            } else {
                levels.pop();
            }
        }
        return !next.isEmpty();
    }

    @Override
    public Key next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return next.remove();
    }

    private void visit(Child child) {
        try {
            if (!child.leadsTo(prefix)) {
                return;
            }
            if (child.name.length > Key.MAX_BYTES) {
                throw new DeviceException(Errno.ENAMETOOLONG, new String(child.name, StandardCharsets.UTF_8));
            }
            if (child.folder()) {
                levels.push(children(child.name).iterator());
            } else {
                next.add(Key.of(child.name));
            }
        } catch (DeviceException failed) {
            skipped.accept(failed);
        }
    }

    private List<Child> children(byte[] folder) throws DeviceException {
        var children = new ArrayList<Child>();
        for (var entry : IndexPage.entries(pages.page(folder))) {
            try {
                var name = new ByteArrayOutputStream();
                name.writeBytes(folder);
                name.writeBytes(
                        entry.escaped()
                                ? KeyPath.unescaped(entry.name())
                                : entry.name().getBytes(StandardCharsets.UTF_8));
                if (entry.folder()) {
                    name.write('/');
                }
                children.add(new Child(name.toByteArray()));
            } catch (IllegalArgumentException _) {
                skipped.accept(new DeviceException(
                        Errno.EIO, KeyText.of(Key.of(entry.name())) + ": the index page writes no such name"));
            }
        }
        Collections.sort(children);
        return children;
    }
}
