package cachefiles.app.command;

/// Ends a command. The message says in a line or two what was wrong and what to do.
public final class CommandException extends Exception {
    private static final long serialVersionUID = 1;

    private final int exitCode;

    /// @param exitCode as in [ExitCode]
    public CommandException(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    public CommandException(int exitCode, String message, Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    public int exitCode() {
        return exitCode;
    }
}
