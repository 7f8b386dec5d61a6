package cachefiles.app.load.report;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;

/// How long reads took, in nanoseconds.
/// @param corrected from the moment that the read was to begin: what a user waits who came then
/// @param real from the moment that it did begin
public record Latency(Histogram corrected, Histogram real) {
    /// From 100 ns to an hour, by three digits.
    private static final long LEAST_NANOS = 100;

    private static final long MOST_NANOS = 3_600_000_000_000L;
    private static final int DIGITS = 3;

    public static Histogram empty() {
        return new Histogram(LEAST_NANOS, MOST_NANOS, DIGITS);
    }

    public static Latency none() {
        return new Latency(empty(), empty());
    }

    /// What a histogram can take.
    public static long clamped(long nanos) {
        return Math.clamp(nanos, 0, MOST_NANOS);
    }

    public void add(Latency other) {
        corrected.add(other.corrected);
        real.add(other.real);
    }

    /// As HdrHistogram's own tools read it.
    static String text(Histogram histogram) {
        var buffer = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
        int length = histogram.encodeIntoCompressedByteBuffer(buffer);
        return Base64.getEncoder().encodeToString(Arrays.copyOf(buffer.array(), length));
    }

    /// @throws IllegalArgumentException it is no histogram
    static Histogram histogram(String text) {
        try {
            return Histogram.decodeFromCompressedByteBuffer(
                    ByteBuffer.wrap(Base64.getDecoder().decode(text)), MOST_NANOS);
        } catch (DataFormatException | RuntimeException wrong) {
            throw new IllegalArgumentException("no histogram", wrong);
        }
    }
}
