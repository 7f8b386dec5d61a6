package cachefiles.kernel.uapi;

import java.util.Locale;

/// Where a request, or the recovery, stands when something is made to fail.
public enum Phase {
    /// An OPEN is in the table, not handed out.
    OPEN_QUEUED,
    /// An OPEN is handed out.
    OPEN_DELIVERED,
    /// An OPEN was accepted.
    OPEN_ANSWERED,
    /// A READ is in the table, not handed out.
    READ_QUEUED,
    /// A READ is handed out.
    READ_DELIVERED,
    /// The origin is about to be read.
    FETCHING,
    /// The bytes are there, not written.
    FETCHED,
    /// The bytes are stored, the READ not answered.
    WRITTEN,
    /// The READ was answered.
    ANSWERED,
    /// A CLOSE is in the table, not handed out.
    CLOSE_QUEUED,
    /// A successor has taken over; nothing is restored.
    RESTORING,
    /// A successor is coming up.
    STARTING;

    /// As the command line writes it: `open-queued`.
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// @throws IllegalArgumentException naming the words there are
    public static Phase of(String word) {
        for (Phase phase : values()) {
            if (phase.word().equals(word)) {
                return phase;
            }
        }
        var words = new StringBuilder();
        for (Phase phase : values()) {
            words.append(' ').append(phase.word());
        }
        throw new IllegalArgumentException("no phase '" + word + "'; there are:" + words);
    }
}
