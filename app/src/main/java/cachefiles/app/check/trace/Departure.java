package cachefiles.app.check.trace;

/// Where a trace leaves what the cores do.
/// @param line of the file, counted from 1
/// @param what is not as it should be, in a sentence
public record Departure(long line, String what) {
    @Override
    public String toString() {
        return "line " + line + ": " + what;
    }
}
