package cachefiles.kernel.uapi;

/// What one `write()` to the device says (S44-S53). Reading the text needs no state; whether a command may run now is
/// for the cache to decide.
///
/// ```
/// copen 12,4096\n          word, white space, argument; all from the first newline on is ignored
/// ```
public sealed interface TextCommand {
    /// The longest text, in bytes (S44).
    int MAX_BYTES = 4095;

    /// Where the cache lies (S46).
    /// @param path not empty
    record Dir(String path) implements TextCommand {}

    /// The cache's name (S47).
    /// @param name not empty
    record Tag(String name) implements TextCommand {}

    /// The security context of the cache's files (S48).
    /// @param context not empty
    record SecCtx(String context) implements TextCommand {}

    /// When to cull, and when to stop storing (S49).
    /// @param percent of the file system, 0 to 99
    record Limit(Kind kind, int percent) implements TextCommand {
        /// F for files, B for blocks. The command is the name in lower case.
        public enum Kind {
            FRUN,
            FCULL,
            FSTOP,
            BRUN,
            BCULL,
            BSTOP
        }
    }

    /// What to log (S50).
    record Debug(long mask) implements TextCommand {}

    /// Brings the cache into service (S51).
    /// @param argument unchecked: S54 looks at it last
    record Bind(String argument) implements TextCommand {}

    /// Removes a file from the cache (S114).
    /// @param name without `/` (S112)
    record Cull(String name) implements TextCommand {}

    /// Asks whether a file is in use (S113).
    /// @param name without `/` (S112)
    record InUse(String name) implements TextCommand {}

    /// Answers an OPEN (S64-S73).
    /// @param size bytes; -1 to -4095 is the daemon's error number (S70)
    record Copen(MsgId msgId, long size) implements TextCommand {}

    /// Answers an OPEN with a size that says nothing: the request ends with `error`, and so does the write (S68, S69).
    /// @param error `EINVAL` or `ERANGE`
    record UnreadableCopen(MsgId msgId, Errno error) implements TextCommand {}

    /// `copen` with an argument that names no request: nothing changes (S64-S66).
    /// Unlike [Malformed], it is looked at only in on-demand mode (S57).
    /// @param error `EINVAL` or `ERANGE`
    record MalformedCopen(Errno error) implements TextCommand {}

    /// Every request may be handed out again (S74).
    record Restore() implements TextCommand {}

    /// No command, or one whose argument is wrong in any state: the write fails and nothing changes.
    /// @param error `EOPNOTSUPP` too long or unknown; else `EINVAL`
    record Malformed(Errno error) implements TextCommand {}

    /// Reads what was written. The checks are those of S44 and S45 in their order, but for DEAD, which comes before
    /// them.
    static TextCommand parse(byte[] written) {
        return TextParser.parse(written);
    }
}
