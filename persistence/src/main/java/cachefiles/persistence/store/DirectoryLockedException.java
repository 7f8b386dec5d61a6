package cachefiles.persistence.store;

import java.io.IOException;
import java.nio.file.Path;

/// A cache directory belongs to one process at a time, and another one has it.
public final class DirectoryLockedException extends IOException {
    private static final long serialVersionUID = 1;

    DirectoryLockedException(Path directory, String holder) {
        super(directory + " is in use by " + holder + "; stop that process or choose another directory");
    }
}
