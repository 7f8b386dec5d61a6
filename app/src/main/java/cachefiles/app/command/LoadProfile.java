package cachefiles.app.command;

import cachefiles.app.load.Profiles;
import cachefiles.app.load.plan.Profile;
import java.util.EnumMap;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/// A profile, and what the command line changes of it.
final class LoadProfile {
    private final Map<Profile.Name, String> changes = new EnumMap<>(Profile.Name.class);

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "PROFILE",
            defaultValue = "small",
            description = "Default: small.")
    private String name = "small";

    @Option(names = "--objects", paramLabel = "N", description = "How many objects there are.")
    void objects(String text) {
        changes.put(Profile.Name.OBJECTS, text);
    }

    @Option(names = "--object-size", paramLabel = "DIST", description = "Their sizes.")
    void objectSize(String text) {
        changes.put(Profile.Name.OBJECT_SIZE, text);
    }

    @Option(names = "--readers", paramLabel = "N", description = "Concurrent readers.")
    void readers(String text) {
        changes.put(Profile.Name.READERS, text);
    }

    @Option(
            names = "--rate",
            paramLabel = "R|closed",
            description = "Steps that begin a second; closed: as many as end.")
    void rate(String text) {
        changes.put(Profile.Name.RATE, text);
    }

    @Option(
            names = "--access",
            paramLabel = "zipf|uniform|sequential",
            description = "Which object is read next; zipf:SKEW too.")
    void access(String text) {
        changes.put(Profile.Name.ACCESS, text);
    }

    @Option(names = "--block", paramLabel = "DIST", description = "How much a read asks for.")
    void block(String text) {
        changes.put(Profile.Name.BLOCK, text);
    }

    @Option(names = "--duration", paramLabel = "T", description = "How long, such as 10s or 5m.")
    void duration(String text) {
        changes.put(Profile.Name.DURATION, text);
    }

    @Option(
            names = "--crash",
            paramLabel = "WHEN",
            description = "When the daemon crashes: poisson:2s, every:500ms, phase:NAME, phase:NAME:500ms, none.")
    void crash(String text) {
        changes.put(Profile.Name.CRASH, text);
    }

    @Option(names = "--failover", paramLabel = "on|off", description = "Whether requests survive their daemon.")
    void failover(String text) {
        changes.put(Profile.Name.FAILOVER, text);
    }

    @Option(names = "--passivate", paramLabel = "T|never", description = "When an idle object leaves memory.")
    void passivate(String text) {
        changes.put(Profile.Name.PASSIVATE, text);
    }

    @Option(names = "--seed", paramLabel = "N", description = "Draw all that is drawn from this.")
    void seed(String text) {
        changes.put(Profile.Name.SEED, text);
    }

    String name() {
        return name;
    }

    Profile chosen(CommandSpec spec) {
        Profile named;
        try {
            named = Profiles.named(name);
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(spec.commandLine(), String.valueOf(wrong.getMessage()), wrong);
        }
        try {
            return named.with(changes);
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(spec.commandLine(), "--" + wrong.getMessage(), wrong);
        }
    }
}
