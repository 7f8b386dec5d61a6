package cachefiles.app.check.explore;

import cachefiles.daemon.core.DaemonCommand;
import cachefiles.kernel.uapi.DeviceCall;
import cachefiles.kernel.uapi.DeviceReply;
import java.util.Arrays;

/// Writes a world as bytes, so that two worlds that behave alike have the same bytes:
///
/// - ids have no end, so they get names. Requests in the table are named by their order, which decides who is handed
///   out next; all other ids are only ever compared for being the same, and are named by appearance.
/// - of a handle's incarnation it matters whether it is below the floor, and nothing else: a handle of an old
///   incarnation is not the same as a closed one, for that is what the fence is about.
/// - everything that concerns an object stands in the object's section, with its place in the table and in the queues.
///   Objects are the same but for that: sections are sorted. So are readers within a section, and workers.
///
/// [Decoder] reads it. What stands where is told by the codecs, each with both sides of a field under one another:
///
///     globals       section of an object, section of another ...
///     GlobalsCodec  ObjectCodec
///                   ├─ SlotCodec     its slot and its requests in the device
///                   ├─ MailCodec     what is on its way to and from its actor
///                   ├─ CallsCodec    what concerns it of the daemon's queues
///                   ├─ WorkersCodec  what the daemon does for it, and which of its handles are held
///                   └─ ReadersCodec
///
/// Not safe for several threads.
final class Encoder {
    private final Model model;
    private final StateWriter out;
    private final Bytes globals = new Bytes();
    private final Bytes[] sections;

    Encoder(Model model) {
        this.model = model;
        this.out = new StateWriter(model);
        this.sections = new Bytes[model.bounds.objects()];
        Arrays.setAll(sections, _ -> new Bytes());
    }

    byte[] encode(World world) {
        out.begin(world);
        nameIncarnations();
        nameWorkers();
        out.into(globals);
        GlobalsCodec.write(out);
        for (int number = 0; number < sections.length; number++) {
            out.into(sections[number]);
            ObjectCodec.write(out, number);
        }
        if (model.reduced) {
            Arrays.sort(sections, Bytes::compareTo);
        }
        for (Bytes section : sections) {
            globals.put(section);
        }
        return globals.toArray();
    }

    private void nameIncarnations() {
        var world = out.world;
        name(world.device().incarnation());
        name(world.daemon().incarnation());
        name(world.supervisor.incarnation());
        for (DeviceCall call : out.fromDaemon) {
            name(((DeviceCall.FromDaemon) call).incarnation());
        }
        for (DeviceReply reply : world.toDaemon) {
            switch (reply) {
                case DeviceReply.Message message -> name(message.incarnation());
                case DeviceReply.Nothing nothing -> name(nothing.incarnation());
                case DeviceReply.Refused refused -> name(refused.incarnation());
                case DeviceReply.Done(DeviceCall.FromDaemon call, _) -> name(call.incarnation());
                default -> {}
            }
        }
        for (DeviceReply reply : world.deviceToSupervisor) {
            if (reply instanceof DeviceReply.TookOver(var incarnation)) {
                name(incarnation);
            }
        }
        for (DaemonCommand command : world.supervisorToDaemon) {
            name(((DaemonCommand.Start) command).incarnation());
        }
        out.incarnations.sort();
    }

    private void name(long incarnation) {
        if (incarnation >= 0) {
            out.incarnations.of(incarnation);
        }
    }

    /// Workers that wait for the device, in the order of their questions.
    private void nameWorkers() {
        var world = out.world;
        if (!model.reduced) {
            for (int worker = 0; worker < world.daemon().workers(); worker++) {
                out.workers.of(worker);
            }
            return;
        }
        for (DeviceCall call : out.fromDaemon) {
            if (call instanceof DeviceCall.Fetch fetch) {
                out.workers.of(fetch.worker());
            }
        }
        for (DeviceReply reply : world.toDaemon) {
            switch (reply) {
                case DeviceReply.Message message -> out.workers.of(message.worker());
                case DeviceReply.Nothing nothing -> out.workers.of(nothing.worker());
                case DeviceReply.Refused refused -> out.workers.of(refused.worker());
                default -> {}
            }
        }
    }
}
