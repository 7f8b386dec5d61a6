package cachefiles.app.command;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/// What values of options have in common.
final class Values {
    private Values() {}

    /// A variable of a shell that was never set would name the current folder.
    /// @throws IllegalArgumentException `name` is empty
    static String notEmpty(String name) {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("the name is empty; say . for the current folder");
        }
        return name;
    }

    /// @throws ParameterException `value` is negative
    static void notNegative(CommandSpec spec, String option, long value) {
        if (value < 0) {
            throw new ParameterException(spec.commandLine(), option + " " + value + ": say 0 or more");
        }
    }
}
