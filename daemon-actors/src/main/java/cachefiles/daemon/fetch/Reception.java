package cachefiles.daemon.fetch;

import cachefiles.daemon.http.Answer;
import cachefiles.daemon.http.Ask;
import cachefiles.daemon.http.Digests;
import cachefiles.daemon.http.Meaning;
import cachefiles.daemon.http.Meanings;
import cachefiles.kernel.uapi.Errno;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Takes one answer: its meaning from its head, and of the body what belongs to the target, where it belongs. Called by
/// the client's threads; whoever asked looks on, and may stop it at any moment: nothing is written from then on.
///
/// A body that nobody has a use for is read to its end if it is short, so that the connection can be used again; else
/// the connection is given up.
final class Reception implements HttpResponse.BodyHandler<Meaning>, HttpResponse.BodySubscriber<Meaning> {
    private static final int MOST_UNUSED_BYTES = 64 * 1024;

    private final Ask ask;
    private final ByteBuffer target;
    private final int start;
    private final long askedNanos = System.nanoTime();
    private final CompletableFuture<Meaning> outcome = new CompletableFuture<>();
    private Answer answer = new Answer(0, Map.of());
    private Meaning meaning = new Meaning.AskByGet();
    private Flow.@Nullable Subscription subscription;
    private long skipBytes;
    private long takeBytes;
    private long unusedBytes;
    private boolean stopped;
    private volatile long answeredMillis = -1;
    private volatile long heardNanos = askedNanos;

    /// @param target gets the bytes asked for, from its position on
    Reception(Ask ask, ByteBuffer target) {
        this.ask = ask;
        this.target = target;
        this.start = target.position();
    }

    /// When something of the answer came last; before that, when it was asked for.
    long heardNanos() {
        return heardNanos;
    }

    /// After how long the head came; -1 if it has not.
    long answeredMillis() {
        return answeredMillis;
    }

    /// From now on nothing is written to the target.
    synchronized void stop() {
        stopped = true;
        if (subscription != null) {
            subscription.cancel();
        }
    }

    @Override
    public synchronized HttpResponse.BodySubscriber<Meaning> apply(HttpResponse.ResponseInfo head) {
        heardNanos = System.nanoTime();
        answeredMillis = TimeUnit.NANOSECONDS.toMillis(heardNanos - askedNanos);
        answer = new Answer(head.statusCode(), head.headers().map());
        meaning = Meanings.of(ask, answer, TimeUnit.MILLISECONDS.toSeconds(System.currentTimeMillis()));
        if (meaning instanceof Meaning.Body(var skip, var take, var _)) {
            skipBytes = skip;
            takeBytes = Math.min(take, target.remaining());
        }
        return this;
    }

    @Override
    public CompletionStage<Meaning> getBody() {
        return outcome;
    }

    @Override
    public synchronized void onSubscribe(Flow.Subscription given) {
        subscription = given;
        given.request(Long.MAX_VALUE);
    }

    @Override
    public synchronized void onNext(List<ByteBuffer> buffers) {
        heardNanos = System.nanoTime();
        buffers.forEach(this::take);
        if (meaning instanceof Meaning.Body(_, _, var goesOn)) {
            if (goesOn && takeBytes == 0) {
                end(meaning);
            } else if (unusedBytes > 0) {
                end(tooLong());
            }
        } else if (unusedBytes > MOST_UNUSED_BYTES) {
            end(meaning);
        }
    }

    /// Without waiting for the rest.
    private void end(Meaning last) {
        stop();
        outcome.complete(last);
    }

    private void take(ByteBuffer bytes) {
        if (stopped) {
            return;
        }
        int skipped = (int) Math.min(skipBytes, bytes.remaining());
        skipBytes -= skipped;
        int taken = (int) Math.min(takeBytes, bytes.remaining() - skipped);
        target.put(bytes.slice(bytes.position() + skipped, taken));
        takeBytes -= taken;
        unusedBytes += bytes.remaining() - skipped - taken;
    }

    @Override
    public synchronized void onError(Throwable failed) {
        stopped = true;
        outcome.completeExceptionally(failed);
    }

    /// The whole body has come, and it is to be what its head said: of a page as much as there is.
    @Override
    public synchronized void onComplete() {
        stopped = true;
        boolean early = meaning instanceof Meaning.Body && takeBytes > 0 && !(ask instanceof Ask.Page);
        outcome.complete(
                early ? unlikeItsHead("it ends " + takeBytes + " bytes early") : isForged() ? forged() : meaning);
    }

    /// Whether the bytes that came, all that were sent, are others than the answer's own digests say.
    private boolean isForged() {
        var sent = target.duplicate().flip().position(start);
        return ask instanceof Ask.Part(var expected, var range)
                && meaning instanceof Meaning.Body(var skip, _, var goesOn)
                && skip == 0
                && !goesOn
                && Digests.contradict(answer, sent, range.offset() == 0 && sent.remaining() == expected.sizeBytes());
    }

    private Meaning forged() {
        target.position(start);
        return new Meaning.Never(Errno.EIO, "its bytes are not those that its digest says");
    }

    private Meaning tooLong() {
        return ask instanceof Ask.Page(var most)
                ? new Meaning.Never(Errno.EFBIG, "a page of more than " + most + " bytes")
                : unlikeItsHead("it sends more than it said");
    }

    /// Of such an answer nothing is believed, though what came of one that was cut is.
    private Meaning unlikeItsHead(String why) {
        target.position(start);
        return new Meaning.Later(Errno.EIO, 0, why);
    }
}
