package cachefiles.kernel.extent;

import cachefiles.kernel.uapi.Range;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/// The bytes of one object. Safe for use by several threads; no method waits for anything but the disk.
public interface BackingFile {
    /// Makes this the file of the content with this size and validator. If it holds another content (other size, other
    /// validator, or an empty validator on either side and another size), all its bytes become absent first (S106).
    /// @param sizeBytes 0 or more
    /// @return whether bytes that were present before still are
    boolean attach(long sizeBytes, String validator) throws IOException;

    /// Whether [#attach] was called since the start; until then nothing can be written (S61, G11).
    boolean attached();

    /// The size given by [#attach], 0 before.
    long sizeBytes();

    /// The validator of the content, empty before [#attach] and where it has none.
    String validator();

    /// Copies the bytes that are present at `offset` without a gap, as many as fit. Blocks that fail their checksum
    /// become absent instead. This is the whole path of a hit: no lock that a writer holds during I/O.
    /// @return bytes copied; 0 = a hole, or the end
    int read(long offset, ByteBuffer target) throws IOException;

    /// The first hole at or after `offset` and before `limit`, from and to block edges (its end is at most the
    /// object's). `offset` need not lie on an edge; the hole found may begin before it, at the edge of its block.
    Optional<Range> hole(long offset, long limit);

    /// Stores `source` at `offset`, then makes it present if `permit` still agrees. Blocks present already stay as they
    /// are. No two writes to one block overlap in time.
    /// @param offset on a block edge
    /// @param source ends on a block edge or at the object's end; what lies behind that end is ignored
    /// @param permit asked before the first byte and again to make them present
    /// @return whether the permit held to the end; if not, nothing became present
    /// @throws NoSpaceException the disk is full
    /// @throws DiskErrorException it failed
    boolean write(long offset, ByteBuffer source, WritePermit permit) throws IOException;

    /// Bytes present.
    long presentBytes();

    /// Forgets all bytes (the object is retired).
    void clear() throws IOException;

    /// No longer in use: may be culled, and its memory freed. Bytes stay.
    void release() throws IOException;

    /// Says whether a writer may still write.
    interface WritePermit {
        /// Of a writer that nobody fences.
        WritePermit ALWAYS = new WritePermit() {
            @Override
            public boolean holds() {
                return true;
            }

            @Override
            public boolean whileHeld(Runnable publish) {
                publish.run();
                return true;
            }
        };

        boolean holds();

        /// Runs `publish` with the permit held throughout, or not at all.
        /// @return whether it ran
        boolean whileHeld(Runnable publish);
    }
}
