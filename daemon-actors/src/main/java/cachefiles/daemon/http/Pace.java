package cachefiles.daemon.http;

/// How long a server's silence is to be taken for thinking, judged by how it has answered lately.
///
/// Nobody knows whether a server that says nothing hangs. One that has answered within milliseconds is given up after
/// two seconds of silence; it is then asked again and again for a short while each, so that a reader waits little
/// longer than the server hangs. If that goes on, the times grow again: it may have become slow, and would never be
/// heard.
///
/// @param answerMillis what it takes to answer, smoothed; -1 while nothing is known
public record Pace(long answerMillis) {
    public static final Pace UNKNOWN = new Pace(-1);

    private static final long MOST_MILLIS = 10_000;
    private static final long FIRST_LEAST_MILLIS = 2_000;
    private static final long PROBE_LEAST_MILLIS = 400;
    private static final int SHORT_PROBES = 12;

    /// The server has answered after so long.
    public Pace answered(long millis) {
        return new Pace(answerMillis < 0 ? millis : (7 * answerMillis + millis) / 8);
    }

    /// For how long to hear nothing before the server is asked anew.
    /// @param silences how often it was silent for too long already, one after the other
    public long silenceMillis(int silences) {
        if (answerMillis < 0 && silences == 0) {
            return MOST_MILLIS;
        }
        long usual = 8 * Math.max(0, answerMillis);
        long least =
                silences == 0 ? FIRST_LEAST_MILLIS : PROBE_LEAST_MILLIS << Math.clamp(silences - SHORT_PROBES, 0, 4);
        return Math.clamp(usual, least, MOST_MILLIS);
    }
}
