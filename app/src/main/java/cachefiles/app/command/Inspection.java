package cachefiles.app.command;

import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.KeyText;
import cachefiles.persistence.journal.JournalInspector;
import cachefiles.persistence.journal.JournalReport;
import cachefiles.persistence.store.BackingPath;
import cachefiles.persistence.store.DirectoryLock;
import cachefiles.persistence.store.StoreListing;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What is in a cache directory: store and journal side by side. Reads only.
final class Inspection {
    /// Whether the journal and the store agree on an object.
    enum Agreement {
        /// Same content; or the journal alone knows it, and nothing of it is present.
        YES,
        /// Other content, or bytes of an object that the journal does not know.
        NO,
        /// There is no journal, or it cannot be looked at.
        UNKNOWN
    }

    /// One object.
    /// @param stored null if the store has no file of it
    /// @param known the journal's; null if it has none
    /// @param problem what is wrong with it; empty if nothing is
    record Item(
            String volume,
            String key,
            StoreListing.@Nullable Entry stored,
            @Nullable Content known,
            Agreement agreement,
            String problem) {
        long sizeBytes() {
            return stored != null && stored.sizeBytes() >= 0
                    ? stored.sizeBytes()
                    : known != null ? known.sizeBytes() : -1;
        }

        long presentBytes() {
            return stored == null ? 0 : stored.presentBytes();
        }
    }

    private final Path directory;
    private final Optional<String> holder;
    private final Optional<String> elsewhere;
    private final JournalReport journal;
    private final Map<Cookie, Content> known = new HashMap<>();
    private final List<Item> items = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();

    private Inspection(Path directory, Optional<String> holder, Optional<String> elsewhere, JournalReport journal) {
        this.directory = directory;
        this.holder = holder;
        this.elsewhere = elsewhere;
        this.journal = journal;
    }

    /// @param environment says who comes to a journal in a database
    /// @param verify whether to check the checksum of each block
    static Inspection of(Path directory, boolean verify, Map<String, String> environment) throws CommandException {
        if (!Files.isDirectory(directory)) {
            String what = Files.exists(directory, LinkOption.NOFOLLOW_LINKS) ? " is no directory" : " does not exist";
            throw new CommandException(ExitCode.USAGE, directory + what + "; name the directory of a cache");
        }
        if (!Files.isReadable(directory) || !Files.isExecutable(directory)) {
            throw new CommandException(ExitCode.FAILED, directory + ": permission denied");
        }
        if (!isCache(directory)) {
            throw new CommandException(
                    ExitCode.USAGE,
                    directory + " is not the directory of a cache: it has neither blocks nor a journal; 'cachefiles cat"
                            + " --cache DIR' and 'cachefiles demo --cache DIR' make one");
        }
        try {
            var inspection = new Inspection(
                    directory,
                    DirectoryLock.holderOf(directory),
                    JournalInspector.elsewhere(directory),
                    JournalInspector.inspect(directory, environment));
            inspection.readJournal();
            inspection.readStore(verify);
            inspection.items.sort(Comparator.comparing(Item::volume).thenComparing(Item::key));
            return inspection;
        } catch (UncheckedIOException failed) {
            throw unreadable(directory, Objects.requireNonNull(failed.getCause()));
        } catch (IOException failed) {
            throw unreadable(directory, failed);
        }
    }

    private static CommandException unreadable(Path directory, IOException failed) {
        return new CommandException(ExitCode.FAILED, "cannot read " + directory + ": " + Why.of(failed), failed);
    }

    private static boolean isCache(Path directory) {
        return Files.isDirectory(directory.resolve("blocks"))
                || Files.exists(directory.resolve("journal").resolve("journal.mv.db"))
                || Files.isDirectory(directory.resolve("cache")) && Files.isRegularFile(directory.resolve("lock"));
    }

    private void readJournal() {
        switch (journal) {
            case JournalReport.Read(var objects, var unreadable) -> {
                for (var object : objects) {
                    if (object.content() != null) {
                        known.put(object.cookie(), object.content());
                    }
                }
                unreadable.forEach(line -> problems.add("journal: " + line));
            }
            case JournalReport.Unreadable(var why) -> problems.add(why);
            case JournalReport.Absent _, JournalReport.InUse _, JournalReport.Unreachable _ -> {}
        }
    }

    private void readStore(boolean verify) throws IOException {
        var onlyKnown = new TreeMap<>(known);
        try (var entries = StoreListing.of(directory, verify)) {
            for (var entry : (Iterable<StoreListing.Entry>) entries::iterator) {
                var cookie = entry.volume()
                        .flatMap(volume -> entry.key().map(key -> new Cookie(volume, key)))
                        .orElse(null);
                // A file under another name than its cookie's is not that object's.
                boolean isOwn = cookie != null && BackingPath.of(cookie).equals(entry.path());
                var content = isOwn ? onlyKnown.remove(cookie) : null;
                add(entry, content);
            }
        }
        onlyKnown.forEach((cookie, content) -> items.add(
                new Item(KeyText.of(cookie.volume()), KeyText.of(cookie.key()), null, content, Agreement.YES, "")));
    }

    private void add(StoreListing.Entry entry, @Nullable Content content) {
        var agreement = agreement(entry, content);
        var item = new Item(
                entry.volume().map(KeyText::of).orElse(entry.path().volume()),
                entry.key().map(KeyText::of).orElse(entry.path().name()),
                entry,
                content,
                agreement,
                problem(entry, content, agreement));
        items.add(item);
        if (!item.problem().isEmpty()) {
            problems.add(item.key() + " of " + item.volume() + ": " + item.problem());
        }
    }

    private Agreement agreement(StoreListing.Entry entry, @Nullable Content content) {
        if (!(journal instanceof JournalReport.Read)) {
            return Agreement.UNKNOWN;
        }
        if (content == null) {
            return entry.presentBytes() == 0 ? Agreement.YES : Agreement.NO;
        }
        boolean same = entry.sizeBytes() < 0 || content.agreesWith(new Content(entry.sizeBytes(), entry.validator()));
        return same ? Agreement.YES : Agreement.NO;
    }

    private static String problem(StoreListing.Entry entry, @Nullable Content content, Agreement agreement) {
        if (!entry.problem().isEmpty()) {
            return entry.problem();
        }
        if (entry.wrongBlocks() > 0) {
            return entry.wrongBlocks() + " blocks do not match their checksums; they will be fetched again";
        }
        if (agreement == Agreement.NO) {
            return content == null
                    ? "has bytes in the store, and the journal does not know it"
                    : "is another content in the journal: " + content.sizeBytes() + " bytes, version '"
                            + content.validator() + "'";
        }
        return "";
    }

    boolean inUse() {
        return holder.isPresent();
    }

    List<Item> items() {
        return items;
    }

    /// What is wrong, a line each.
    List<String> problems() {
        return problems;
    }

    /// Sound, or in use, where a file that is being written looks like a damaged one.
    boolean isSound() {
        return problems.isEmpty() || inUse();
    }

    Agreement agreement() {
        if (items.stream().anyMatch(item -> item.agreement() == Agreement.NO)) {
            return Agreement.NO;
        }
        return journal instanceof JournalReport.Read ? Agreement.YES : Agreement.UNKNOWN;
    }

    /// The kernel's word. Nothing is open in a cache that nobody uses; what a running one has open only it knows.
    String state() {
        return inUse() ? "?" : "CLOSE";
    }

    String journalInWords() {
        return verdict() + elsewhere.map(where -> "; it is in " + where).orElse("");
    }

    private String verdict() {
        return switch (journal) {
            case JournalReport.Read _ ->
                switch (agreement()) {
                    case YES -> "journal and store agree";
                    case NO -> "journal and store do NOT agree";
                    case UNKNOWN -> "journal not compared";
                };
            case JournalReport.Absent _ -> "no journal on disk";
            case JournalReport.InUse _ -> "journal not looked at while in use";
            case JournalReport.Unreadable _ -> "journal unreadable";
            case JournalReport.Unreachable(var why) -> "journal not compared: " + why;
        };
    }

    String useInWords() {
        return holder.map(who -> "in use by " + who).orElse("stopped");
    }

    /// The object that `--json` writes.
    ObjectNode json() {
        var json = new ObjectMapper().createObjectNode();
        json.put("directory", directory.toAbsolutePath().normalize().toString());
        json.put("inUse", inUse());
        json.put("sound", problems.isEmpty());
        json.put(
                "journal",
                switch (journal) {
                    case JournalReport.Read _ -> elsewhere.isPresent() ? "postgres" : "h2";
                    case JournalReport.Absent _ -> "none";
                    case JournalReport.InUse _ -> "in-use";
                    case JournalReport.Unreadable _ -> "unreadable";
                    case JournalReport.Unreachable _ -> "unreachable";
                });
        json.put("journalAt", elsewhere.orElse(null));
        putAgreement(json, "agree", agreement());
        json.put("objectCount", items.size());
        json.put(
                "sizeBytes",
                items.stream().mapToLong(item -> Math.max(0, item.sizeBytes())).sum());
        json.put("presentBytes", items.stream().mapToLong(Item::presentBytes).sum());
        var objects = json.putArray("objects");
        for (Item item : items) {
            put(item, objects.addObject());
        }
        var wrong = json.putArray("problems");
        problems.forEach(wrong::add);
        return json;
    }

    private void put(Item item, ObjectNode json) {
        json.put("volume", item.volume());
        json.put("key", item.key());
        if (inUse()) {
            json.putNull("state");
        } else {
            json.put("state", state());
        }
        if (item.sizeBytes() < 0) {
            json.putNull("sizeBytes");
        } else {
            json.put("sizeBytes", item.sizeBytes());
        }
        json.put("presentBytes", item.presentBytes());
        var present = json.putArray("present");
        var stored = item.stored();
        if (stored != null) {
            stored.present().forEach(range -> {
                var extent = present.addObject();
                extent.put("offset", range.offset());
                extent.put("length", range.length());
            });
            json.put(
                    "path",
                    stored.path().volume() + "/" + stored.path().fan() + "/"
                            + stored.path().name());
            json.put("diskBytes", stored.diskBytes());
            json.put("wrongBlocks", Math.max(0, stored.wrongBlocks()));
        } else {
            json.putNull("path");
            json.put("diskBytes", 0);
            json.put("wrongBlocks", 0);
        }
        putContent(
                json,
                "store",
                stored == null || stored.sizeBytes() < 0 ? null : new Content(stored.sizeBytes(), stored.validator()));
        putContent(json, "journal", item.known());
        putAgreement(json, "agree", item.agreement());
        json.put("problem", item.problem());
    }

    private static void putContent(ObjectNode json, String name, @Nullable Content content) {
        if (content == null) {
            json.putNull(name);
            return;
        }
        var object = json.putObject(name);
        object.put("sizeBytes", content.sizeBytes());
        object.put("validator", content.validator());
    }

    private static void putAgreement(ObjectNode json, String name, Agreement agreement) {
        if (agreement == Agreement.UNKNOWN) {
            json.putNull(name);
        } else {
            json.put(name, agreement == Agreement.YES);
        }
    }
}
