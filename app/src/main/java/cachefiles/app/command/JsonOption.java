package cachefiles.app.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// What was found, for programs.
final class JsonOption implements AutoCloseable {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = {"Write what was found as JSON; -: standard output, where nothing else goes then."})
    private @Nullable Path file;

    private @Nullable Outcome outcome;

    /// To be opened before the run.
    JsonOption open(Console console) throws CommandException {
        outcome = Outcome.open(console, "--json", file);
        return this;
    }

    boolean isGiven() {
        return file != null;
    }

    private boolean isPiped() {
        return Outcome.STANDARD_OUTPUT.equals(file);
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
    void write(JsonNode found) throws IOException, CommandException {
        if (outcome != null) {
            outcome.write(MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(found) + "\n");
        }
    }

    @Override
    public void close() throws IOException {
        if (outcome != null) {
            outcome.close();
        }
    }
}
