package cachefiles.app.command;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/// What values of options have in common.
final class Values {
    private Values() {}

    /// What is wrong with the value of a shell's variable that was never set: it would name the current folder.
    static final String EMPTY_NAME = "the name is empty; say . for the current folder";

    /// @throws IllegalArgumentException `name` is empty
    static String notEmpty(String name) {
        if (name.isEmpty()) {
            throw new IllegalArgumentException(EMPTY_NAME);
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
