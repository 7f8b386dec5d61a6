package cachefiles.app.check.explore;

import cachefiles.kernel.device.DeviceCommand;
import cachefiles.kernel.device.Notice;
import cachefiles.kernel.object.ObjectCommand;
import cachefiles.kernel.object.ObjectState;
import cachefiles.kernel.reader.GateCore;
import cachefiles.kernel.uapi.Content;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One object with its gate, its file, its user, and what is on its way to and from its actor.
final class Site {
    /// Where the user of the object is.
    enum User {
        OUT,
        ACQUIRING,
        IN,
        RELEASING,
        /// Released, or never got in.
        GONE
    }

    static final int WINDOW = 64;
    static final byte HOLE = 0;
    static final byte RIGHT = 1;
    static final byte WRONG = 2;

    /// What a block holds of a content: of the first, `RIGHT`.
    static byte right(int version) {
        return (byte) (version == 0 ? RIGHT : WRONG + version);
    }

    /// Causes of an error that a reader may see (S130).
    static final int OPEN_FAILED = 1;
    static final int READ_FAILED = 2;
    static final int ATTEMPT_FAILED = 4;

    private GateCore gate;
    private boolean ownsGate;
    ObjectState object = new ObjectState.Idle(null);
    /// Whether the object's actor is gone, until it comes back by itself. What it is told by the device waits for it.
    boolean down;

    @Nullable
    Content journaled;

    /// Whose bytes the file has; of the process before, too.
    @Nullable
    Content stored;

    /// What the object is being attached to, or is.
    @Nullable
    Content attachedTo;

    /// What the user was told that there is.
    @Nullable
    Content promised;

    User user = User.OUT;
    boolean withdrawn;
    boolean attached;
    /// The file is being made this content's.
    boolean attaching;
    /// That it was done is on its way to the object.
    boolean attachedSaid;
    byte[] blocks;
    /// The reopen attempt whose back-off runs; 0 = none.
    int timer;
    int causes;
    List<Notice> fromDevice = List.of();
    List<ObjectCommand> fromGate = List.of();
    List<DeviceCommand.FromObject> toDevice = List.of();

    Site(int blocks) {
        this.gate = new GateCore(WINDOW, WINDOW);
        this.ownsGate = true;
        this.blocks = new byte[blocks];
    }

    private Site(Site other) {
        gate = other.gate;
        object = other.object;
        down = other.down;
        journaled = other.journaled;
        stored = other.stored;
        attachedTo = other.attachedTo;
        promised = other.promised;
        user = other.user;
        withdrawn = other.withdrawn;
        attached = other.attached;
        attaching = other.attaching;
        attachedSaid = other.attachedSaid;
        blocks = other.blocks;
        timer = other.timer;
        causes = other.causes;
        fromDevice = other.fromDevice;
        fromGate = other.fromGate;
        toDevice = other.toDevice;
    }

    /// Shares its gate until one of the two changes it.
    Site copy() {
        return new Site(this);
    }

    GateCore gate() {
        return gate;
    }

    /// The gate, to be changed.
    GateCore gateToChange() {
        if (!ownsGate) {
            gate = gate.copy();
            ownsGate = true;
        }
        return gate;
    }

    void renewGate(GateCore fresh) {
        gate = fresh;
        ownsGate = true;
    }

    /// Whether no block from `from` up to `limit` is a hole.
    boolean isPresent(int from, int limit) {
        for (int block = from; block < limit; block++) {
            if (blocks[block] == HOLE) {
                return false;
            }
        }
        return true;
    }

    void store(int block, byte what) {
        blocks = blocks.clone();
        blocks[block] = what;
    }

    /// A process starts on what the last one left: the journal and the file.
    Site recovered() {
        var site = new Site(blocks.length);
        site.blocks = blocks;
        site.journaled = journaled;
        site.stored = stored;
        site.object = new ObjectState.Idle(journaled);
        return site;
    }

    static <T> List<T> plus(List<T> list, T more) {
        if (list.isEmpty()) {
            return List.of(more);
        }
        var longer = new ArrayList<T>(list.size() + 1);
        longer.addAll(list);
        longer.add(more);
        return longer;
    }

    static <T> List<T> tail(List<T> list) {
        return list.size() == 1 ? List.of() : new ArrayList<>(list.subList(1, list.size()));
    }
}
