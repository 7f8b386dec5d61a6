package cachefiles.app.load.plan;

import java.util.SplittableRandom;

/// What one reader does, step by step.
public final class Walk {
    private final Profile profile;
    private final Synthetic synthetic;
    private final SplittableRandom random;
    private final Access.Ranks ranks;
    private int inOrder;
    private int scanned = -1;
    private boolean unaligned;
    private long at;

    /// @param reader which one it is
    /// @param ranks of [#ranks], shared by all readers
    public Walk(Profile profile, Synthetic synthetic, Access.Ranks ranks, int reader, SplittableRandom random) {
        this.profile = profile;
        this.synthetic = synthetic;
        this.random = random;
        this.ranks = ranks;
        this.inOrder = (int) ((long) reader * profile.objects() / profile.readers());
    }

    /// What draws objects where few are read often.
    public static Access.Ranks ranks(Profile profile) {
        return new Access.Ranks(
                profile.objects(), profile.access() instanceof Access.Zipf(var skew) ? skew : Access.USUAL_SKEW);
    }

    /// How long to rest before the next step, in nanoseconds.
    public long thinkNanos() {
        long most = profile.think().toNanos();
        return most == 0 ? 0 : random.nextLong(most);
    }

    public Step next() {
        if (scanned >= 0 && at < synthetic.sizeBytes(scanned)) {
            return goOn();
        }
        scanned = -1;
        if (profile.access() instanceof Access.Sequential) {
            return scan(object(), false);
        }
        return switch (profile.mix().at(random.nextDouble())) {
            case READ -> block(object());
            case RANDOM -> anywhere(object());
            case ALIGNED -> scan(object(), false);
            case UNALIGNED -> scan(object(), true);
            case DROP -> new Step.Drop(object());
            case DROP_ALL -> new Step.DropAll();
            case COMPACT -> new Step.Compact();
        };
    }

    private int object() {
        return switch (profile.access()) {
            case Access.Uniform _ -> random.nextInt(profile.objects());
            case Access.Sequential _ -> {
                int next = inOrder;
                inOrder = (inOrder + 1) % profile.objects();
                yield next;
            }
            case Access.Zipf _ -> synthetic.ofRank(ranks.draw(random));
        };
    }

    private Step block(int object) {
        int length = length();
        long blocks = Math.max(1, synthetic.sizeBytes(object) / length);
        return new Step.Read(object, random.nextLong(blocks) * length, length);
    }

    private Step anywhere(int object) {
        return new Step.Read(object, random.nextLong(synthetic.sizeBytes(object) + 1), 1 + random.nextInt(length()));
    }

    private Step scan(int object, boolean odd) {
        scanned = object;
        unaligned = odd;
        at = 0;
        return goOn();
    }

    private Step goOn() {
        int length = unaligned ? 1 + random.nextInt(length()) : length();
        var read = new Step.Read(scanned, at, length);
        at += length;
        return read;
    }

    private int length() {
        return Math.clamp(profile.block().at(random.nextDouble()), 1, Profile.MOST_BLOCK_BYTES);
    }
}
