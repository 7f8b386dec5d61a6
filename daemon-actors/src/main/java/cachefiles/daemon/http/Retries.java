package cachefiles.daemon.http;

/// How often something is asked again, and after which pause: soon at first, then about three times a second, as long
/// as its bounds allow. Times are of any clock that does not go back.
///
/// @param bounds how long to go on
/// @param startMillis when it was first asked
/// @param progressMillis when something of it came last
/// @param failures since then
/// @param silences how many of these were silence
public record Retries(Bounds bounds, long startMillis, long progressMillis, int failures, int silences) {
    private static final long FIRST_PAUSE_MILLIS = 50;
    private static final long MOST_PAUSE_MILLIS = 350;

    /// @param outageMillis to ask again while nothing comes
    /// @param wholeMillis for all of it, however much comes
    public record Bounds(long outageMillis, long wholeMillis) {}

    public static Retries begin(Bounds bounds, long nowMillis) {
        return new Retries(bounds, nowMillis, nowMillis, 0, 0);
    }

    /// Some bytes of it have come.
    public Retries progressed(long nowMillis) {
        return new Retries(bounds, startMillis, nowMillis, 0, 0);
    }

    /// It has failed.
    /// @param silent because nothing came for too long
    public Retries failed(boolean silent) {
        return new Retries(bounds, startMillis, progressMillis, failures + 1, silent ? silences + 1 : silences);
    }

    /// How long to wait before it is asked again; -1 = not again.
    /// @param wishedMillis the pause that the server wants
    /// @param draw from 0 to 1: keeps those who wait from all asking at once
    public long pauseMillis(long nowMillis, long wishedMillis, double draw) {
        long usual = Math.min(FIRST_PAUSE_MILLIS << Math.min(failures - 1, 10), MOST_PAUSE_MILLIS);
        long pause = Math.max((long) (usual * (0.75 + draw / 4)), wishedMillis);
        return nowMillis + pause - progressMillis < bounds.outageMillis() && nowMillis + pause < deadlineMillis()
                ? pause
                : -1;
    }

    /// When all of it has to have come.
    public long deadlineMillis() {
        return startMillis + bounds.wholeMillis();
    }
}
