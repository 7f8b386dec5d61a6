package cachefiles.app.check;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The scenarios that are shipped: `src/main/resources/scenarios/NAME.txt`.
public final class Scenarios {
    private static final String FOLDER = "/scenarios";
    private static final String SUFFIX = ".txt";

    private Scenarios() {}

    /// In the order of their names.
    public static List<String> names() throws IOException {
        var folder = uri(Objects.requireNonNull(Scenarios.class.getResource(FOLDER), "the scenarios are shipped"));
        if (!folder.getScheme().equals("jar")) {
            return names(Path.of(folder));
        }
        try (var jar = FileSystems.newFileSystem(folder, Map.of())) {
            return names(jar.getPath(FOLDER));
        }
    }

    private static URI uri(URL url) throws IOException {
        try {
            return url.toURI();
        } catch (URISyntaxException odd) {
            throw new IOException(odd);
        }
    }

    private static List<String> names(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> name.endsWith(SUFFIX))
                    .map(name -> name.substring(0, name.length() - SUFFIX.length()))
                    .sorted()
                    .toList();
        }
    }

    /// The text of the scenario; null if none is shipped under `name`.
    public static @Nullable String text(String name) throws IOException {
        if (name.indexOf('/') >= 0 || name.isEmpty()) {
            return null;
        }
        try (InputStream in = Scenarios.class.getResourceAsStream(FOLDER + "/" + name + SUFFIX)) {
            return in == null ? null : new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
