package cachefiles.daemon.actor;

import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/// The memory that workers copy through: a chunk each, as far as there are, and a block for each one beyond. So 100,000
/// workers that wait for their origin hold as many blocks, not as many chunks, and none waits for another.
final class Chunks {
    static final int BLOCK_BYTES = 4096;
    static final int CHUNK_BYTES = 1 << 20;
    /// One for each worker that is a thread of the system, so 256 MiB at most.
    static final int MOST = 256;

    private final int most;
    private final AtomicInteger made = new AtomicInteger();
    private final ConcurrentLinkedQueue<ByteBuffer> idle = new ConcurrentLinkedQueue<>();

    /// @param most whole chunks that there are at a time
    Chunks(int most) {
        this.most = most;
    }

    /// @param wanted bytes, 1 or more
    /// @return an empty buffer for the first of them, for all if it is large enough; to be given back
    ByteBuffer take(long wanted) {
        var chunk = idle.poll();
        if (chunk == null && made.get() < most && made.incrementAndGet() <= most) {
            chunk = ByteBuffer.allocateDirect(CHUNK_BYTES);
        }
        var buffer = chunk == null ? ByteBuffer.allocate((int) Math.min(wanted, BLOCK_BYTES)) : chunk.clear();
        return buffer.limit((int) Math.min(wanted, buffer.capacity()));
    }

    void giveBack(ByteBuffer buffer) {
        if (buffer.capacity() > BLOCK_BYTES) {
            idle.add(buffer);
        }
    }
}
