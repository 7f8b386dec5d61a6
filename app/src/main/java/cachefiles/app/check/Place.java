package cachefiles.app.check;

import cachefiles.kernel.object.ObjectState;
import cachefiles.kernel.reader.GateCore;
import cachefiles.kernel.uapi.Content;
import org.jspecify.annotations.Nullable;

/// One object with its gate and its file.
final class Place {
    GateCore gate;
    ObjectState object = new ObjectState.Idle(null);

    @Nullable
    Content journaled;

    BlockFile file = new BlockFile();

    Place(GateCore gate) {
        this.gate = gate;
    }

    Place copy() {
        var copy = new Place(gate.copy());
        copy.object = object;
        copy.journaled = journaled;
        copy.file = file.copy();
        return copy;
    }
}
