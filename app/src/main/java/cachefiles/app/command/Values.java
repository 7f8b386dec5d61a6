package cachefiles.app.command;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/// What values of options have in common.
final class Values {
    private Values() {}

    /// @throws ParameterException `value` is negative
    static void notNegative(CommandSpec spec, String option, long value) {
        if (value < 0) {
            throw new ParameterException(spec.commandLine(), option + " " + value + ": say 0 or more");
        }
    }
}
