package cachefiles.app.command;

/// What a command ends with.
public final class ExitCode {
    /// What was asked holds, or was done.
    public static final int HELD = 0;
    /// It did not hold, or could not be read.
    public static final int FAILED = 1;
    /// Wrong use: unknown options, values that cannot be, a directory that is none.
    public static final int USAGE = 2;
    /// Inconclusive: a bound was hit, or a kill did not land.
    public static final int INCONCLUSIVE = 3;
    /// The environment is not fit: a directory is locked or cannot be written.
    public static final int ENVIRONMENT = 4;
    /// A load did not keep to what was required of it.
    public static final int REQUIREMENT = 5;

    private ExitCode() {}
}
