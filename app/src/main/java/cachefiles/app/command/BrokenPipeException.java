package cachefiles.app.command;

import java.io.IOException;

/// Whoever read our output has gone, as `head` does: the command ends without a word.
final class BrokenPipeException extends IOException {
    private static final long serialVersionUID = 1;

    BrokenPipeException(IOException cause) {
        super(cause);
    }
}
