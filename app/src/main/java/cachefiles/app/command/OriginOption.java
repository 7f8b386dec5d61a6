package cachefiles.app.command;

import cachefiles.daemon.fetch.Catalogue;
import cachefiles.daemon.fetch.CheckedOrigin;
import cachefiles.daemon.fetch.Credentials;
import cachefiles.daemon.fetch.DirectoryOrigin;
import cachefiles.daemon.fetch.HttpOrigin;
import cachefiles.daemon.fetch.HttpSettings;
import cachefiles.daemon.fetch.Manifest;
import cachefiles.daemon.fetch.Mirrors;
import cachefiles.kernel.uapi.DeviceException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Where content comes from: `--origin`, once or several times, and `--manifest`.
final class OriginOption {
    /// With several origins the next one is asked after so long.
    private static final long OUTAGE_MILLIS = 2_000;

    /// How much Java's HTTP client reads at a time: 16 KiB by default, which costs a GiB an eighth more CPU.
    private static final String CLIENT_BUFFER = "jdk.httpclient.bufsize";

    private static final String CLIENT_BUFFER_BYTES = "131072";

    @Option(
            names = "--origin",
            paramLabel = "DIR|URL",
            description = {
                "The directory with the files, or their address, such as https://host/path/.",
                "Given several times, the next one is asked when one fails."
            })
    private List<String> origins = new ArrayList<>();

    @Option(
            names = "--manifest",
            paramLabel = "FILE|URL",
            description = "What there is, with SHA-256 digests, as sha256sum prints it: to list, and to compare with.")
    private @Nullable String manifest;

    /// Whether any was named.
    boolean isGiven() {
        return !origins.isEmpty();
    }

    /// As it was typed, for messages.
    String typed() {
        return String.join(" --origin ", origins);
    }

    /// The directory that was named, if it is one, and nothing else was.
    @Nullable
    Path folder() throws CommandException {
        var places = places();
        return places.size() == 1 && places.getFirst() instanceof Place.Folder(var path) ? path : null;
    }

    /// What was named.
    List<Place> places() throws CommandException {
        if (origins.isEmpty()) {
            throw new CommandException(ExitCode.USAGE, "say where the files are: --origin DIR or --origin URL");
        }
        var places = new ArrayList<Place>();
        for (String origin : origins) {
            places.add(Place.of("--origin", origin));
        }
        return places;
    }

    /// Nothing is asked of a server yet.
    /// @param environment where credentials may be
    Catalogue open(Map<String, String> environment) throws CommandException {
        var places = places();
        var authorities = places.stream()
                .filter(Place.Web.class::isInstance)
                .map(place -> String.valueOf(((Place.Web) place).address().getRawAuthority()))
                .distinct()
                .count();
        if (authorities > 1
                && (environment.containsKey("CACHEFILES_ORIGIN_BEARER")
                        || environment.containsKey("CACHEFILES_ORIGIN_BASIC"))) {
            throw new CommandException(
                    ExitCode.USAGE,
                    "credentials in the environment would go to each of several servers; use a netrc file, which has"
                            + " an entry for each");
        }
        var settings = places.size() > 1 ? HttpSettings.DEFAULT.withOutage(OUTAGE_MILLIS) : HttpSettings.DEFAULT;
        var listed = manifest == null ? null : manifest(manifest, environment);
        var opened = new ArrayList<Catalogue>();
        for (Place place : places) {
            var origin = open(place, environment, settings);
            opened.add(listed == null ? origin : new CheckedOrigin(origin, listed));
        }
        return opened.size() == 1 ? opened.getFirst() : new Mirrors(opened);
    }

    private static Catalogue open(Place place, Map<String, String> environment, HttpSettings settings)
            throws CommandException {
        return switch (place) {
            case Place.Folder(var directory) -> directory(directory);
            case Place.Web(var address) -> web(address, environment, settings);
        };
    }

    /// @throws CommandException `directory` is none, or cannot be read
    static DirectoryOrigin directory(Path directory) throws CommandException {
        try {
            return DirectoryOrigin.of(directory);
        } catch (NoSuchFileException missing) {
            throw new CommandException(
                    ExitCode.USAGE, "--origin: there is no directory " + directory + "; name one that exists", missing);
        } catch (NotDirectoryException file) {
            throw new CommandException(
                    ExitCode.USAGE, "--origin: " + directory + " is no directory; name the folder of the files", file);
        } catch (AccessDeniedException denied) {
            throw new CommandException(ExitCode.ENVIRONMENT, "--origin: " + directory + " may not be read", denied);
        } catch (IOException failed) {
            throw new CommandException(ExitCode.ENVIRONMENT, "--origin: cannot be read: " + Why.of(failed), failed);
        }
    }

    private static HttpOrigin web(URI address, Map<String, String> environment, HttpSettings settings)
            throws CommandException {
        if (System.getProperty(CLIENT_BUFFER) == null) {
            System.setProperty(
                    CLIENT_BUFFER, CLIENT_BUFFER_BYTES); // for the whole process, and so not done in HttpOrigin
        }
        try {
            return HttpOrigin.of(address, Credentials.of(address, environment), settings);
        } catch (IllegalArgumentException wrong) {
            throw new CommandException(ExitCode.USAGE, "--origin: " + wrong.getMessage(), wrong);
        } catch (IOException unread) {
            throw new CommandException(ExitCode.ENVIRONMENT, "NETRC: cannot be read: " + Why.of(unread), unread);
        }
    }

    private static Manifest manifest(String from, Map<String, String> environment) throws CommandException {
        try {
            return switch (Place.of("--manifest", from)) {
                case Place.Folder(var file) -> Manifest.of(Files.readString(file));
                case Place.Web(var address) -> {
                    try (var server = web(address.resolve("."), environment, HttpSettings.DEFAULT)) {
                        yield Manifest.of(server.text(address));
                    }
                }
            };
        } catch (DeviceException wrong) {
            throw new CommandException(ExitCode.USAGE, "--manifest: " + wrong.getMessage(), wrong);
        } catch (IOException failed) {
            throw new CommandException(ExitCode.USAGE, "--manifest: cannot be read: " + Why.of(failed), failed);
        }
    }

    /// What an option names: a directory, or an address.
    sealed interface Place {
        record Folder(Path path) implements Place {}

        record Web(URI address) implements Place {}

        /// @param option whose value it is, for messages
        static Place of(String option, String text) throws CommandException {
            if (text.isEmpty()) {
                throw new CommandException(ExitCode.USAGE, option + ": " + Values.EMPTY_NAME);
            }
            try {
                return text.matches("(?i)[a-z][a-z0-9+.-]*://.*")
                        ? new Web(URI.create(text))
                        : new Folder(Path.of(text));
            } catch (InvalidPathException wrong) {
                throw new CommandException(ExitCode.USAGE, option + ": no path: " + wrong.getMessage(), wrong);
            } catch (IllegalArgumentException wrong) { // its message has all of it, and so a password
                throw new CommandException(ExitCode.USAGE, option + ": what begins with a scheme is no address", wrong);
            }
        }

        /// The same for all ways to write it.
        /// @throws CommandException there is no such directory
        default String identity() throws CommandException {
            return switch (this) {
                case Web(var address) -> {
                    String plain = address.normalize().toString();
                    yield plain.endsWith("/") ? plain : plain + "/";
                }
                case Folder(var path) -> {
                    try {
                        yield path.toRealPath().toString();
                    } catch (IOException failed) {
                        throw new CommandException(
                                ExitCode.USAGE, "--origin: cannot find " + path + ": " + failed.getMessage(), failed);
                    }
                }
            };
        }
    }
}
