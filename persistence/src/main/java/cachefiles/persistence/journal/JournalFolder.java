package cachefiles.persistence.journal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/// What a cache directory knows of a journal that lies elsewhere: `<dir>/journal/journal.properties`.
///
/// | property | means |
/// |---|---|
/// | `id` | the directory's own: it stands in its journal too |
/// | `url` | where the journal is that the cache used last; none if that is the H2 file beside |
/// | `schema` | of that |
///
/// @param id 32 hexadecimal digits
record JournalFolder(
        Path directory,
        String id,
        @Nullable String url,
        @Nullable String schema) {
    private static final String FILE = "journal.properties";
    private static final int ID_BYTES = 16;

    /// The directory's, or null if it has none: then its journal never lay elsewhere.
    /// @throws IOException it cannot be read, or is none of ours
    static @Nullable JournalFolder find(Path directory) throws IOException {
        Path file = H2File.folder(directory).resolve(FILE);
        var properties = new Properties();
        try (var in = Files.newBufferedReader(file)) {
            properties.load(in);
        } catch (NoSuchFileException _) {
            return null;
        } catch (IllegalArgumentException broken) {
            throw new IOException(file + " is damaged: " + broken.getMessage(), broken);
        }
        String id = properties.getProperty("id", "");
        if (!id.matches("[0-9a-f]{" + 2 * ID_BYTES + "}")) {
            throw new IOException(
                    file + " is damaged: it holds no id. Remove it to start with an empty journal: what is"
                            + " cached is then looked up again");
        }
        return new JournalFolder(directory, id, properties.getProperty("url"), properties.getProperty("schema"));
    }

    /// The directory's; a new id if it has none.
    static JournalFolder of(Path directory) throws IOException {
        var found = find(directory);
        return found != null ? found : new JournalFolder(directory, drawn(), null, null);
    }

    private static String drawn() {
        var bytes = new byte[ID_BYTES];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /// The journal is in a database.
    JournalFolder in(String atUrl, String inSchema) {
        return new JournalFolder(directory, id, atUrl, inSchema);
    }

    /// The journal is the H2 file beside.
    JournalFolder here() {
        return new JournalFolder(directory, id, null, null);
    }

    /// Whole, or as it was, also after a loss of power: without its id the directory would be a stranger to its
    /// journal.
    void write() throws IOException {
        Path folder = Files.createDirectories(H2File.folder(directory));
        var properties = new Properties();
        properties.setProperty("id", id);
        if (url != null && schema != null) {
            properties.setProperty("url", url);
            properties.setProperty("schema", schema);
        }
        Path fresh = folder.resolve(FILE + ".new");
        try (var out = Files.newBufferedWriter(fresh)) {
            properties.store(out, "Where this cache's journal is; without the id here its journal is not known again.");
        }
        sync(fresh, StandardOpenOption.WRITE);
        Files.move(fresh, folder.resolve(FILE), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        sync(folder, StandardOpenOption.READ);
    }

    private static void sync(Path path, StandardOpenOption how) throws IOException {
        try (var channel = FileChannel.open(path, how)) {
            channel.force(true);
        }
    }
}
