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

    /// Whether the object's actor is up: it leaves memory, and comes back when something is said to it.
    boolean inMemory;

    /// Whether the file is that of a content, as it is from the look-up's end to the release.
    boolean attached;

    private boolean used;

    Place(GateCore gate) {
        this.gate = gate;
    }

    /// Somebody begins to use it.
    void acquire() {
        used = true;
        refusal = null;
    }

    /// Nothing is left of it, and its actor leaves memory.
    /// @param forgotten whether nobody knows the gate any more; the cache keeps it for what was read through it
    void released(boolean forgotten) {
        inMemory = false;
        attached = false;
        used = !forgotten;
    }

    Ensemble.Use use() {
        return switch (gate.wish()) {
            case RELEASE, RETIRE -> Ensemble.Use.ENDING;
            case NONE, ACQUIRE -> !used ? Ensemble.Use.OUT : attached ? Ensemble.Use.IN : Ensemble.Use.BEGINNING;
        };
    }

    /// Whether its actor may be asked to leave memory.
    boolean mayRest() {
        return inMemory && gate.isIdle();
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
        copy.inMemory = inMemory;
        copy.attached = attached;
        copy.used = used;
        copy.file = file.copy();
        return copy;
    }
}
