package cachefiles.daemon.fetch;

import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.DeviceException;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Key;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Several origins of the same objects. They are asked in their order; one that fails, or has no such object, is
/// followed by the next, and one that failed lately is asked last. Each fetch is for the version that was opened: an
/// origin stands in for another in mid-read only if it names the same version, or a manifest does.
public final class Mirrors implements Catalogue {
    private static final long SHUNNED_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final int ROUNDS = 8;

    private interface Question<T> {
        T ask(Catalogue origin) throws DeviceException;
    }

    private final List<Catalogue> origins;
    private final AtomicLongArray failedNanos; // 0 = has not failed since it last answered

    /// @param origins at least one
    public Mirrors(List<Catalogue> origins) {
        this.origins = List.copyOf(origins);
        this.failedNanos = new AtomicLongArray(origins.size());
    }

    @Override
    public Content find(Cookie cookie) throws DeviceException {
        return ask(origin -> origin.find(cookie));
    }

    /// @throws DeviceException `ESTALE` if one of them has another version, else what the first one said
    @Override
    public void fetch(Cookie cookie, Content expected, long offset, ByteBuffer target) throws DeviceException {
        int start = target.position();
        ask(origin -> {
            origin.fetch(cookie, expected, offset, target.position(start));
            return expected;
        });
    }

    @Override
    public Stream<Key> keys(String prefix, Consumer<DeviceException> skipped) throws DeviceException {
        return ask(origin -> origin.keys(prefix, skipped));
    }

    /// As long as one of them may yet come back, all are asked again, for some time.
    private <T> T ask(Question<T> question) throws DeviceException {
        long begin = System.nanoTime();
        for (int round = 1; ; round++) {
            var failures = new ArrayList<DeviceException>();
            for (int which : order(failedNanos(), System.nanoTime())) {
                try {
                    T answer = question.ask(origins.get(which));
                    failedNanos.set(which, 0);
                    return answer;
                } catch (DeviceException failed) {
                    if (failed.errno() == Errno.EINTR) {
                        throw failed;
                    }
                    failedNanos.set(which, isOutage(failed) ? System.nanoTime() | 1 : 0);
                    failures.add(failed);
                }
            }
            var told = telling(failures);
            boolean mayPass = told.errno() != Errno.ESTALE && failures.stream().anyMatch(Mirrors::isOutage);
            if (!mayPass || round == ROUNDS || System.nanoTime() - begin > PATIENCE_NANOS) {
                throw told;
            }
        }
    }

    private static boolean isOutage(DeviceException failed) {
        return failed.errno() == Errno.EIO || failed.errno() == Errno.ETIMEDOUT;
    }

    /// What the reader can do something about: to open anew helps against another version.
    private static DeviceException telling(List<DeviceException> failures) {
        return failures.stream()
                .filter(failed -> failed.errno() == Errno.ESTALE)
                .findFirst()
                .orElse(failures.getFirst());
    }

    private long[] failedNanos() {
        return IntStream.range(0, origins.size()).mapToLong(failedNanos::get).toArray();
    }

    /// In their order, those that failed within [#SHUNNED_NANOS] last, of these first who failed first.
    static List<Integer> order(long[] failedNanos, long now) {
        var order = new ArrayList<Integer>();
        IntStream.range(0, failedNanos.length).forEach(order::add);
        order.sort(Comparator.comparingLong(which -> {
            long failed = failedNanos[which];
            boolean shunned = failed != 0 && now - failed < SHUNNED_NANOS;
            return shunned ? failed - now + SHUNNED_NANOS : 0;
        }));
        return order;
    }

    @Override
    public boolean isImmediate() {
        return origins.stream().allMatch(Origin::isImmediate);
    }

    @Override
    public long answerMillis() {
        return origins.stream().mapToLong(Origin::answerMillis).max().orElse(0);
    }

    @Override
    public void close() {
        origins.forEach(Catalogue::close);
    }

    @Override
    public String toString() {
        return String.join(", ", origins.stream().map(Catalogue::toString).toList());
    }
}
