package cachefiles.app.check.sim;

import cachefiles.app.check.Invariants;
import cachefiles.kernel.object.ObjectState;
import java.util.Objects;

/// What holds after every step of an object.
final class Checks {
    private Checks() {}

    static void afterObject(World world, SimObject object, ObjectState before) {
        var after = object.state();
        world.require(
                Objects.equals(after.known(), object.blob.recovered().known()),
                "replayed state is live state",
                object,
                after);
        Invariants.moved(before, after);
        Invariants.ofObject(after);
    }
}
