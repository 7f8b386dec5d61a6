package cachefiles.app.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// What was found, for programs.
final class JsonOption {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Path STANDARD_OUTPUT = Path.of("-");

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = {"Write what was found as JSON; -: standard output, where nothing else goes then."})
    private @Nullable Path file;

    boolean isGiven() {
        return file != null;
    }

    private boolean isPiped() {
        return file != null && file.equals(STANDARD_OUTPUT);
    }

    /// One line for people: to standard output, unless that is taken.
    void print(Console console, String line) throws IOException {
        if (isPiped()) {
            console.err().println(line);
        } else {
            console.print(line);
        }
    }

    /// Writes it if somebody asked for it.
    void write(Console console, JsonNode found) throws IOException, CommandException {
        if (file == null) {
            return;
        }
        var text = MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(found);
        if (isPiped()) {
            console.print(text);
        } else {
            store(file, text + "\n");
        }
    }

    static void store(Path file, String text) throws CommandException {
        try {
            Files.writeString(file, text);
        } catch (IOException failed) {
            throw new CommandException(ExitCode.ENVIRONMENT, "cannot be written: " + Why.of(failed), failed);
        }
    }
}
