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

    /// Whether the file may be culled: `OK`, `EBUSY` in use, `ENOENT` there is none (S113).
    Errno inUse() {
        if (!(object instanceof ObjectState.Idle)) {
            return Errno.EBUSY;
        }
        return file.isEmpty() ? Errno.ENOENT : Errno.OK;
    }

    /// Removes the file unless it is in use (S114).
    /// @return as [#inUse]
    Errno cull() {
        var errno = inUse();
        if (errno.isOk()) {
            file.remove();
        }
        return errno;
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
