package cachefiles.app.command;

import cachefiles.kernel.uapi.Key;
import cachefiles.kernel.uapi.KeyText;
import java.nio.charset.StandardCharsets;

/// A key as a person types it: as `ls` prints it, or plainly.
final class KeyArgument {
    private KeyArgument() {}

    /// The bytes that `text` stands for: as [KeyText] writes them; what that cannot have written is taken as it is.
    static byte[] bytes(String text) {
        try {
            return KeyText.parse(text);
        } catch (IllegalArgumentException _) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
    }

    static Key key(byte[] bytes, String text) throws CommandException {
        if (bytes.length == 0) {
            throw new CommandException(
                    ExitCode.USAGE, "KEY is empty; 'cachefiles ls --origin DIR' lists what there is");
        }
        if (bytes.length > Key.MAX_BYTES) {
            throw new CommandException(
                    ExitCode.USAGE,
                    "KEY has " + bytes.length + " bytes; the protocol carries at most " + Key.MAX_BYTES
                            + ". Choose an --origin further down: " + text);
        }
        return Key.of(bytes);
    }
}
