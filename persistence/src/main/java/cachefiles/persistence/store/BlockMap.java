package cachefiles.persistence.store;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;

/// A set of block numbers, one bit each, in pieces that come into being with their first member. Reading takes no lock;
/// what happened before a block was added is seen by whoever finds it.
final class BlockMap {
    private static final int WORDS = 64;
    private static final long PIECE_BLOCKS = WORDS * (long) Long.SIZE;

    private final long blocks;
    private final AtomicReferenceArray<AtomicLongArray> pieces;

    /// @param blocks members are 0 to this, exclusive
    BlockMap(long blocks) {
        this.blocks = blocks;
        this.pieces = new AtomicReferenceArray<>(Math.toIntExact(Math.ceilDiv(blocks, PIECE_BLOCKS)));
    }

    boolean contains(long block) {
        return (word(block) & bit(block)) != 0;
    }

    void add(long first, long limit) {
        for (long block = first; block < limit; ) {
            long next = Math.min(limit, nextWord(block));
            long mask = -1L >>> Long.SIZE - (next - block) << block;
            piece(block).getAndAccumulate(wordIndex(block), mask, (held, more) -> held | more);
            block = next;
        }
    }

    void remove(long block) {
        AtomicLongArray piece = pieces.get(pieceIndex(block));
        if (piece != null) {
            piece.getAndAccumulate(wordIndex(block), ~bit(block), (held, kept) -> held & kept);
        }
    }

    /// The first block from `first` on that is a member, or `limit`.
    long nextMember(long first, long limit) {
        return next(first, limit, 0);
    }

    /// The first block from `first` on that is none, or `limit`.
    long nextGap(long first, long limit) {
        return next(first, limit, -1);
    }

    long size() {
        long size = 0;
        for (long block = 0; block < blocks; block = nextWord(block)) {
            size += Long.bitCount(word(block));
        }
        return size;
    }

    /// @param flip all bits set to search for a clear one
    private long next(long first, long limit, long flip) {
        for (long block = first; block < limit; block = nextWord(block)) {
            long rest = (word(block) ^ flip) >>> block; // shifts count modulo 64
            if (rest != 0) {
                return Math.min(limit, block + Long.numberOfTrailingZeros(rest));
            }
        }
        return Math.max(first, limit);
    }

    private long word(long block) {
        AtomicLongArray piece = pieces.get(pieceIndex(block));
        return piece == null ? 0 : piece.get(wordIndex(block));
    }

    private AtomicLongArray piece(long block) {
        int index = pieceIndex(block);
        AtomicLongArray piece = pieces.get(index);
        if (piece != null) {
            return piece;
        }
        long words = Math.min(WORDS, Math.ceilDiv(blocks - index * PIECE_BLOCKS, (long) Long.SIZE));
        pieces.compareAndSet(index, null, new AtomicLongArray((int) words));
        return pieces.get(index);
    }

    private static int pieceIndex(long block) {
        return (int) (block / PIECE_BLOCKS);
    }

    private static int wordIndex(long block) {
        return (int) (block % PIECE_BLOCKS / Long.SIZE);
    }

    private static long nextWord(long block) {
        return (block / Long.SIZE + 1) * Long.SIZE;
    }

    private static long bit(long block) {
        return 1L << block;
    }
}
