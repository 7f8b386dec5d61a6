package cachefiles.app.serve;

import akka.Done;
import akka.NotUsed;
import akka.stream.ActorAttributes;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import cachefiles.app.engine.CachedObject;
import cachefiles.kernel.uapi.DeviceException;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Range;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// The bytes of a range, read from the cache as fast as the client takes them and a few chunks ahead. It ends with the
/// stream, however that ends: reads under way are cancelled then.
final class Body {
    private static final int CHUNK_BYTES = 256 * 1024;
    private static final int CHUNKS_AHEAD = 4;

    private record Chunk(CachedObject.Read read, byte[] bytes) {}

    private final OpenObjects.Lease lease;
    private final Metrics metrics;
    private final ArrayDeque<Chunk> ahead = new ArrayDeque<>();
    private final long limit;
    private long asked;

    private Body(OpenObjects.Lease lease, Range range, Metrics metrics) {
        this.lease = lease;
        this.metrics = metrics;
        this.asked = range.offset();
        this.limit = range.limit();
    }

    /// @param lease opens the object when the stream begins, which it may never do
    static Source<ByteString, NotUsed> of(Callable<OpenObjects.Lease> lease, Range range, Metrics metrics) {
        return Source.unfoldResourceAsync(
                        () -> CompletableFuture.completedFuture(new Body(lease.call(), range, metrics)),
                        Body::next,
                        Body::end)
                .withAttributes(ActorAttributes.dispatcher(Server.BLOCKING));
    }

    private CompletionStage<Optional<ByteString>> next() {
        while (asked < limit && ahead.size() < CHUNKS_AHEAD) {
            int length = (int) (Math.min(limit, (asked / CHUNK_BYTES + 1) * CHUNK_BYTES) - asked);
            byte[] bytes = new byte[length];
            ahead.add(new Chunk(lease.object().readAsync(asked, ByteBuffer.wrap(bytes)), bytes));
            asked += length;
        }
        if (ahead.isEmpty()) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        var chunk = ahead.remove();
        return chunk.read.bytes().handle((copied, failed) -> {
            if (failed != null || copied < chunk.bytes.length) {
                throw new BrokenOffException(lease, failed);
            }
            metrics.sent(copied);
            return Optional.of(ByteString.fromArrayUnsafe(chunk.bytes));
        });
    }

    private CompletionStage<Done> end() {
        ahead.forEach(chunk -> chunk.read.cancel().run());
        lease.close();
        return CompletableFuture.completedFuture(Done.getInstance());
    }

    /// The rest cannot be sent. The connection is closed before the length that was promised: so the client knows.
    private static final class BrokenOffException extends RuntimeException {
        private static final long serialVersionUID = 1;

        BrokenOffException(OpenObjects.Lease lease, Throwable cause) {
            super(
                    lease.object().cookie() + " breaks off: " + (cause == null ? "too short" : cause.getMessage()),
                    cause,
                    false,
                    false);
            if (cause == null || cause instanceof DeviceException why && why.errno() == Errno.ESTALE) {
                lease.outdated();
            }
        }
    }
}
