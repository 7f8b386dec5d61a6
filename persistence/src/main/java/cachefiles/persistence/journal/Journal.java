package cachefiles.persistence.journal;

import akka.actor.BootstrapSetup;
import akka.actor.setup.ActorSystemSetup;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// Where an actor system keeps events and snapshots, from before it starts until after it has ended:
///
/// ```java
/// try (var journal = Journal.open(Journal.Kind.H2, cache)) {
///     var system = ActorSystem.create(guardian, "cachefiles", journal.setup());
///     …
///     system.terminate();
///     system.getWhenTerminated().toCompletableFuture().join();
/// }
/// ```
public final class Journal implements AutoCloseable {
    /// Those that need no more words.
    public enum Kind implements JournalSetting {
        /// Gone with the actor system.
        MEMORY,
        /// A file under the cache directory. An acknowledged event survives the process however it ends. After a power
        /// loss the journal begins anew: H2 writes at every commit, and syncs now and then.
        H2;

        /// As the command line writes it.
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /// @throws IllegalArgumentException naming the words there are
        public static Kind of(String word) {
            return Arrays.stream(values())
                    .filter(kind -> kind.word().equals(word))
                    .findAny()
                    .orElseThrow(() -> new IllegalArgumentException("no journal '" + word + "'; there are: "
                            + Arrays.stream(values()).map(Kind::word).collect(Collectors.joining(" ")) + " "
                            + PostgresSetting.WORD + " " + PostgresSetting.SCHEME + "//HOST/DATABASE"));
        }
    }

    /// What is merged with this is merged with nothing else: the library's rule for a value that is no object.
    private static final ConfigValue NOTHING_MORE = ConfigValueFactory.fromAnyRef("");

    private final Config config;
    private final Closeable place;

    private Journal(Config config, Closeable place) {
        this.config = config;
        this.place = place;
    }

    /// Makes the journal of the cache in `directory` ready, and brings its tables up to date.
    /// @throws IOException it is in use, damaged, of a newer program, another directory's, cannot be reached, or its
    /// path is one that H2 cannot name
    public static Journal open(JournalSetting setting, Path directory) throws IOException {
        return switch (setting) {
            case Kind.MEMORY -> new Journal(load("memory.conf", Map.of()), () -> {});
            case Kind.H2 -> {
                var file = H2File.open(directory);
                yield new Journal(
                        load("h2.conf", Map.of("akka-persistence-jdbc.shared-databases.slick.db.url", file.url())),
                        file);
            }
            case PostgresSetting postgres -> {
                var tables = PostgresJournal.open(postgres, directory);
                yield new Journal(load("postgres.conf", tables.config()), tables);
            }
        };
    }

    /// Removes what a journal keeps elsewhere of the cache in `directory`, which is about to be removed itself.
    public static void remove(JournalSetting setting, Path directory) throws IOException {
        if (setting instanceof PostgresSetting postgres) {
            PostgresJournal.remove(postgres, directory);
        }
    }

    private static Config load(String resource, Map<String, String> found) {
        var own = ConfigFactory.parseResources(Journal.class, resource);
        return quick(ConfigFactory.load(ConfigFactory.parseMap(found).withFallback(own)), own);
    }

    /// As `config`, in a form in which Akka finds sooner what it looks up whenever it starts an actor of an object: it
    /// merges the plugin's part with what that falls back to, and all there is with nothing. So the former is done
    /// here, and system properties that no library declares, which have taken effect by now, are left out.
    private static Config quick(Config config, Config own) {
        var all = config;
        for (String kind : List.of("journal", "snapshot-store")) {
            String plugin = config.getString("akka.persistence." + kind + ".plugin");
            var whole = config.getConfig(plugin)
                    .withFallback(config.getConfig("akka.persistence." + kind + "-plugin-fallback"));
            all = all.withValue(plugin, whole.root().withFallback(NOTHING_MORE));
        }
        var declared =
                ConfigFactory.defaultReferenceUnresolved().withFallback(own).root();
        for (String name : config.root().keySet()) {
            if (!declared.containsKey(name)) {
                all = all.withoutPath(ConfigUtil.quoteString(name));
            }
        }
        return all.root().withFallback(NOTHING_MORE).toConfig();
    }

    /// All that the actor system is to be started with; system properties go first.
    public Config config() {
        return config;
    }

    /// What to start the actor system with.
    public ActorSystemSetup setup() {
        return ActorSystemSetup.create(BootstrapSetup.create(config));
    }

    /// As [#setup()], with failures of the journal made on purpose.
    public ActorSystemSetup setup(JournalFaults faults) {
        return setup().withSetup(new JournalFaults.Setup(faults));
    }

    /// To be called when the actor system has terminated.
    @Override
    public void close() throws IOException {
        place.close();
    }
}
