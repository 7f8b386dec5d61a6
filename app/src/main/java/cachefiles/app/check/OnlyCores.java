package cachefiles.app.check;

import java.util.List;
import java.util.Optional;

/// Why a scenario is played by the cores alone.
public enum OnlyCores {
    /// It says which message is heard first; between actors that is Akka's to say.
    ORDER("step deliver settle"),
    /// It speaks of the cache above the device, which the actors' stage does not have.
    CACHE("cache");

    private final String verbs;

    OnlyCores(String verbs) {
        this.verbs = verbs;
    }

    /// Empty if the actors can play it too.
    static Optional<OnlyCores> of(List<String> verbs) {
        for (OnlyCores reason : values()) {
            var reasons = List.of(reason.verbs.split(" "));
            if (verbs.stream().anyMatch(verb -> reasons.contains(verb.split(" ")[0]))) {
                return Optional.of(reason);
            }
        }
        return Optional.empty();
    }
}
