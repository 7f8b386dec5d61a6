package cachefiles.app.check;

import cachefiles.kernel.object.ObjectState;
import cachefiles.kernel.reader.GateCore;
import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Errno;
import org.jspecify.annotations.Nullable;

/// One object with its gate and its file.
final class Place {
    GateCore gate;
    ObjectState object = new ObjectState.Idle(null);

    @Nullable
    Content journaled;

    /// What each read ends with that looks now; null while the object serves.
    @Nullable
    Errno refusal;

    BlockFile file = new BlockFile();

    Place(GateCore gate) {
        this.gate = gate;
    }

    /// The first reason stays.
    void refuse(Errno why) {
        if (refusal == null) {
            refusal = why;
        }
    }

    Place copy() {
        var copy = new Place(gate.copy());
        copy.object = object;
        copy.journaled = journaled;
        copy.refusal = refusal;
        copy.file = file.copy();
        return copy;
    }
}
