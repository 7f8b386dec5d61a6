package cachefiles.app.check.explore;

import cachefiles.kernel.object.ObjectState;
import cachefiles.kernel.reader.GateCore;
import java.util.ArrayList;
import java.util.List;

/// The section of one object: its file, its gate, its actor's state, and all that others know of it.
final class ObjectCodec {
    private static final int WITHDRAWN = 1;
    private static final int ATTACHED = 2;
    private static final int ATTACHING = 4;
    private static final int ATTACHED_SAID = 8;
    private static final int JOURNALED = 16;
    private static final int CAUSES = 5;
    /// An object whose actor is gone is Idle.
    private static final int DOWN = 6;

    private static final Site.User[] USERS = Site.User.values();
    private static final GateCore.Wish[] WISHES = GateCore.Wish.values();

    private ObjectCodec() {}

    static void write(StateWriter out, int number) {
        var site = out.world.site(number);
        out.put(site.user);
        boolean over = out.model.reduced && Unheeded.isOver(out.world, number);
        out.put(over);
        if (!over) {
            var cookie = out.model.cookies[number];
            file(out, site);
            gate(out, site.gate());
            state(out, site);
            SlotCodec.write(out, cookie);
            MailCodec.write(out, site);
            CallsCodec.write(out, cookie);
            WorkersCodec.write(out, cookie);
        }
        ReadersCodec.write(out, number);
    }

    static void read(StateReader in, Parts parts, int number) {
        var site = new Site(in.model.bounds.blocks());
        parts.sites[number] = site;
        site.user = in.oneOf(USERS);
        if (in.flag()) {
            site.withdrawn = true;
            ReadersCodec.read(in, parts, number, List.of());
            return;
        }
        file(in, site);
        var wish = in.oneOf(WISHES);
        var asks = asks(in);
        state(in, site);
        SlotCodec.read(in, parts);
        MailCodec.read(in, site);
        CallsCodec.read(in, parts);
        WorkersCodec.read(in, parts);
        ReadersCodec.read(in, parts, number, asks);
        site.renewGate(GateCore.of(Site.WINDOW, Site.WINDOW, asks, in.asks(), wish));
    }

    private static void file(StateWriter out, Site site) {
        out.put((site.withdrawn ? WITHDRAWN : 0)
                | (site.attached ? ATTACHED : 0)
                | (site.attaching ? ATTACHING : 0)
                | (site.attachedSaid ? ATTACHED_SAID : 0)
                | (site.journaled != null ? JOURNALED : 0)
                | site.causes << CAUSES);
        if (out.model.changes()) {
            out.content(site.journaled);
            out.content(site.stored);
            out.content(site.attachedTo);
            out.content(site.promised);
        }
        out.put(site.timer);
        for (byte block : site.blocks) { // of an object out of use nobody reads them
            out.put(out.model.reduced && site.withdrawn && !out.model.reuses ? Site.HOLE : block);
        }
    }

    private static void file(StateReader in, Site site) {
        int flags = in.get();
        site.withdrawn = (flags & WITHDRAWN) != 0;
        site.attached = (flags & ATTACHED) != 0;
        site.attaching = (flags & ATTACHING) != 0;
        site.attachedSaid = (flags & ATTACHED_SAID) != 0;
        site.journaled = (flags & JOURNALED) != 0 ? in.model.contents[0] : null;
        if (in.model.changes()) {
            site.journaled = in.content();
            site.stored = in.content();
            site.attachedTo = in.content();
            site.promised = in.content();
        } else {
            site.attachedTo = in.model.contents[0];
            site.promised = in.model.contents[0];
        }
        site.causes = flags >> CAUSES;
        site.timer = in.get();
        for (int block = 0; block < site.blocks.length; block++) {
            site.blocks[block] = (byte) in.get();
        }
    }

    private static void gate(StateWriter out, GateCore gate) {
        out.put(gate.wish());
        var asks = gate.asks();
        out.put(asks.size());
        for (var ask : asks) {
            out.nameOfAsk(ask.ask()); // its place here is its name
            out.range(ask.range());
            out.put(ask.sent());
        }
    }

    /// What the gate has asked for, by name. Who waits for it stands with the readers.
    private static List<GateCore.Ask> asks(StateReader in) {
        int count = in.get();
        var asks = new ArrayList<GateCore.Ask>(count);
        for (int name = 0; name < count; name++) {
            var range = in.range();
            asks.add(new GateCore.Ask(name, range, in.flag(), new ArrayList<>(2)));
        }
        in.hasAsks(count);
        return asks;
    }

    private static void state(StateWriter out, Site site) {
        switch (site.object) {
            case ObjectState.Idle(var known) -> {
                out.put(site.down ? DOWN : 0);
                out.content(known);
            }
            case ObjectState.Opening(var known) -> {
                out.put(1);
                out.content(known);
            }
            case ObjectState.Attaching(var known, var content, var releasing, var retiring) -> {
                out.put(2);
                out.content(known);
                out.content(content);
                out.put(releasing);
                out.put(retiring);
            }
            case ObjectState.Ready(var content, var reads, var askedRest) -> {
                out.put(3);
                out.content(content);
                out.put(askedRest);
                out.put(reads.size());
                for (var read : reads) {
                    out.range(read.range());
                    out.ask(read.tag());
                    out.put(read.asks().size());
                    read.asks().forEach(out::ask);
                }
            }
            case ObjectState.Closing(var known, var retiring) -> {
                out.put(4);
                out.content(known);
                out.put(retiring);
            }
            case ObjectState.Dropping(var known, var retiring, var failed) -> {
                out.put(5);
                out.content(known);
                out.put(retiring);
                out.put(failed);
            }
        }
    }

    private static void state(StateReader in, Site site) {
        int which = in.get();
        site.down = which == DOWN;
        site.object = switch (which) {
            case 0, DOWN -> new ObjectState.Idle(in.content());
            case 1 -> new ObjectState.Opening(in.content());
            case 2 -> new ObjectState.Attaching(in.content(), in.mustContent(), in.flag(), in.flag());
            case 3 -> {
                var content = in.mustContent();
                boolean askedRest = in.flag();
                var reads = new ArrayList<ObjectState.Outstanding>(2);
                for (int count = in.get(); count > 0; count--) {
                    var range = in.range();
                    long tag = in.ask();
                    var waiting = new ArrayList<Long>(2);
                    for (int more = in.get(); more > 0; more--) {
                        waiting.add(in.ask());
                    }
                    reads.add(new ObjectState.Outstanding(range, tag, waiting));
                }
                yield new ObjectState.Ready(content, reads, askedRest);
            }
            case 4 -> new ObjectState.Closing(in.content(), in.flag());
            default -> new ObjectState.Dropping(in.content(), in.flag(), in.errno());
        };
    }
}
