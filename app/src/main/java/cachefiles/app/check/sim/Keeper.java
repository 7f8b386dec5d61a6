package cachefiles.app.check.sim;

import cachefiles.app.check.sim.Clock.Channel;
import java.util.HashMap;
import java.util.Map;

/// Brings objects' actors into memory (`cachefiles.kernel.actor.ObjectsActor`).
final class Keeper {
    private final World world;
    private final Map<Integer, SimObject> children = new HashMap<>();
    private final Map<Integer, Gate> next = new HashMap<>();
    private final Channel mailbox = new Channel();

    Keeper(World world) {
        this.world = world;
    }

    void activate(Gate gate) {
        world.send(mailbox, () -> {
            var child = children.get(gate.blob.number);
            if (child == null) {
                spawn(gate);
            } else if (child.gate != gate) {
                next.put(gate.blob.number, gate);
                child.gate.rest();
            }
        });
    }

    private void spawn(Gate gate) {
        children.put(gate.blob.number, new SimObject(world, gate.blob, gate));
    }

    void terminated(SimObject child) {
        world.send(new Channel(), () -> {
            int number = child.blob.number;
            children.remove(number);
            var gate = next.remove(number);
            if (gate != null) {
                spawn(gate);
            } else {
                child.gate.objectLost();
            }
        });
    }

    int inMemory() {
        return children.size();
    }
}
