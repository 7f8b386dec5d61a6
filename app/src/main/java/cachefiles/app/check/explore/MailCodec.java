package cachefiles.app.check.explore;

import cachefiles.kernel.device.DeviceCommand;
import cachefiles.kernel.device.Notice;
import cachefiles.kernel.object.ObjectCommand;

/// What is on its way to an object's actor from the device and from its gate, and from it to the device.
final class MailCodec {
    private MailCodec() {}

    static void write(StateWriter out, Site site) {
        out.put(site.fromDevice.size());
        for (Notice notice : site.fromDevice) {
            notice(out, notice);
        }
        out.put(site.fromGate.size());
        for (ObjectCommand command : site.fromGate) {
            command(out, command);
        }
        out.put(site.toDevice.size());
        for (DeviceCommand.FromObject submission : site.toDevice) {
            submission(out, submission);
        }
    }

    static void read(StateReader in, Site site) {
        for (int count = in.get(); count > 0; count--) {
            site.fromDevice = Site.plus(site.fromDevice, notice(in));
        }
        for (int count = in.get(); count > 0; count--) {
            site.fromGate = Site.plus(site.fromGate, command(in));
        }
        for (int count = in.get(); count > 0; count--) {
            site.toDevice = Site.plus(site.toDevice, submission(in));
        }
    }

    private static void notice(StateWriter out, Notice notice) {
        switch (notice) {
            case Notice.OpenEnded(var errno, var content) -> {
                out.put(0);
                out.put(errno);
                out.content(content);
            }
            case Notice.ReadEnded(var tag, var errno) -> {
                out.put(1);
                out.ask(tag);
                out.put(errno);
            }
            case Notice.CloseEnded _ -> out.put(2);
            case Notice.Reopen _ -> out.put(3);
            case Notice.DropDone _ -> out.put(4);
            case Notice.MayRest(var yes) -> out.put(yes ? 6 : 5);
        }
    }

    private static Notice notice(StateReader in) {
        return switch (in.get()) {
            case 0 -> new Notice.OpenEnded(in.errno(), in.content());
            case 1 -> new Notice.ReadEnded(in.ask(), in.errno());
            case 2 -> new Notice.CloseEnded();
            case 3 -> new Notice.Reopen();
            case 4 -> new Notice.DropDone();
            case 5 -> new Notice.MayRest(false);
            default -> new Notice.MayRest(true);
        };
    }

    private static void command(StateWriter out, ObjectCommand command) {
        switch (command) {
            case ObjectCommand.Acquire _ -> out.put(0);
            case ObjectCommand.Read(var ask, var range) -> {
                out.put(1);
                out.ask(ask);
                out.range(range);
            }
            case ObjectCommand.CancelRead(var ask) -> {
                out.put(2);
                out.ask(ask);
            }
            case ObjectCommand.Release(var retire) -> out.put(retire ? 4 : 3);
            case ObjectCommand.Resubmit _ -> out.put(5);
            case ObjectCommand.Rest _, ObjectCommand.Attached _, ObjectCommand.Heard _ ->
                throw new IllegalStateException("not of a gate: " + command);
        }
    }

    private static ObjectCommand command(StateReader in) {
        return switch (in.get()) {
            case 0 -> new ObjectCommand.Acquire();
            case 1 -> new ObjectCommand.Read(in.ask(), in.range());
            case 2 -> new ObjectCommand.CancelRead(in.ask());
            case 3 -> new ObjectCommand.Release(false);
            case 4 -> new ObjectCommand.Release(true);
            default -> new ObjectCommand.Resubmit();
        };
    }

    private static void submission(StateWriter out, DeviceCommand.FromObject submission) {
        switch (submission) {
            case DeviceCommand.SubmitOpen(_, var expected) -> {
                out.put(0);
                out.content(expected);
            }
            case DeviceCommand.SubmitRead(_, var range, var tag, var promised) -> {
                out.put(1);
                out.range(range);
                out.ask(tag);
                out.content(promised);
            }
            case DeviceCommand.SubmitClose _ -> out.put(2);
            case DeviceCommand.CancelRead(_, var tag) -> {
                out.put(3);
                out.ask(tag);
            }
            case DeviceCommand.Drop _ -> out.put(4);
            case DeviceCommand.AskRest _ -> out.put(5);
            case DeviceCommand.ObjectUp _ -> out.put(6);
        }
    }

    private static DeviceCommand.FromObject submission(StateReader in) {
        var cookie = in.cookie();
        return switch (in.get()) {
            case 0 -> new DeviceCommand.SubmitOpen(cookie, in.content());
            case 1 -> new DeviceCommand.SubmitRead(cookie, in.range(), in.ask(), in.mustContent());
            case 2 -> new DeviceCommand.SubmitClose(cookie);
            case 3 -> new DeviceCommand.CancelRead(cookie, in.ask());
            case 4 -> new DeviceCommand.Drop(cookie);
            case 5 -> new DeviceCommand.AskRest(cookie);
            default -> new DeviceCommand.ObjectUp(cookie);
        };
    }
}
