package cachefiles.app.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Tells what is in a cache directory.
@Command(
        name = "inspect",
        description =
                "Tell what is in the directory of a cache: objects, their states and sizes, what of them is present,"
                        + " and whether journal and store agree. Writes nothing.",
        footer = {
            "",
            "One line an object: state, bytes present of its size, ranges present, journal (agrees, differs or -),"
                    + " volume, key; what is wrong with it in the line below.",
            "In a cache that nobody uses all objects are CLOSE. Of a running one the store is listed, each file at another"
                    + " moment: states are known to the process alone (?), and its journal is left alone.",
            "",
            "--json writes one object: directory, inUse, sound, journal (h2, postgres, none, in-use, unreadable,"
                    + " unreachable), journalAt (URL and schema in PostgreSQL, else null), agree (null: not compared),"
                    + " objectCount, sizeBytes, presentBytes, objects, problems. Each of objects has volume, key, state,"
                    + " sizeBytes, presentBytes, present (offset, length), path, diskBytes, wrongBlocks, store and"
                    + " journal (sizeBytes, validator, or null), agree, problem.",
            "",
            "Exit codes: 0 sound; 1 damaged, or journal and store do not agree; 2 not the directory of a cache."
        })
final class InspectCommand implements Callable<Integer> {
    private static final int MOST_RANGES = 3;

    private final Console console;

    @Parameters(paramLabel = "DIR", description = "The directory of the cache.")
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Option(names = "--json", description = "Write one JSON object.")
    private boolean json;

    @Option(names = "--quick", description = "Do not read all that is present to compare it with its checksums.")
    private boolean quick;

    InspectCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws CommandException, IOException {
        var found = Inspection.of(directory, !quick, console.environment());
        if (json) {
            String text = new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(found.json());
            console.out().write((text + "\n").getBytes(StandardCharsets.UTF_8));
        } else {
            print(found);
        }
        console.out().flush();
        found.problems().forEach(problem -> console.say((found.inUse() ? "may be a write under way: " : "") + problem));
        return found.isSound() ? ExitCode.HELD : ExitCode.FAILED;
    }

    private void print(Inspection found) throws IOException {
        for (var item : found.items()) {
            console.print("%-5s %s of %s  %s  %s  %s  %s"
                    .formatted(
                            found.state(),
                            item.presentBytes(),
                            item.sizeBytes() < 0 ? "?" : item.sizeBytes(),
                            ranges(item),
                            journal(item),
                            item.volume(),
                            item.key()));
            if (!item.problem().isEmpty()) {
                console.print("      " + item.problem());
            }
        }
        long size = found.items().stream()
                .mapToLong(item -> Math.max(0, item.sizeBytes()))
                .sum();
        long present =
                found.items().stream().mapToLong(Inspection.Item::presentBytes).sum();
        console.print("%s: %d objects, %d of %d bytes present; %s; %s%s"
                .formatted(
                        directory,
                        found.items().size(),
                        present,
                        size,
                        found.useInWords(),
                        found.journalInWords(),
                        found.problems().isEmpty()
                                ? ""
                                : "; " + found.problems().size() + " problems"));
    }

    private static String journal(Inspection.Item item) {
        return switch (item.agreement()) {
            case YES -> "agrees";
            case NO -> "differs";
            case UNKNOWN -> "-";
        };
    }

    /// `[0+4096 8192+100]`: offset and length, as READs are written.
    private static String ranges(Inspection.Item item) {
        if (item.stored() == null) {
            return "[]";
        }
        var present = item.stored().present();
        return present.stream()
                .limit(MOST_RANGES)
                .map(Object::toString)
                .collect(Collectors.joining(
                        " ",
                        "[",
                        present.size() > MOST_RANGES ? " and " + (present.size() - MOST_RANGES) + " more]" : "]"));
    }
}
