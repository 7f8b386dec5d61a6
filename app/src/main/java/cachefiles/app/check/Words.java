package cachefiles.app.check;

import cachefiles.kernel.cache.CacheAction;
import cachefiles.kernel.cache.Life;
import cachefiles.kernel.device.DeviceEvent;
import cachefiles.kernel.device.DeviceState;
import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.Handle;
import cachefiles.kernel.uapi.Request;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// How a scenario tells what happens, whoever plays it.
public final class Words {
    private Words() {}

    /// What has happened to the device; empty if other words tell it.
    public static Optional<String> of(DeviceEvent event) {
        return Optional.ofNullable(
                switch (event) {
                    case DeviceEvent.Enqueued(var request) ->
                        request.opcode() + request.id().toString() + " NEW";
                    case DeviceEvent.Renewed(var id) -> id + " NEW again";
                    case DeviceEvent.Restored _ -> "all NEW";
                    case DeviceEvent.Retagged(var id, _) -> id + " taken over";
                    case DeviceEvent.TookOver(var incarnation, _) -> "incarnation " + incarnation;
                    case DeviceEvent.GaveUp _ -> "given up";
                    case DeviceEvent.Died _ -> "DEAD";
                    case DeviceEvent.Delivered _,
                            DeviceEvent.Ended _,
                            DeviceEvent.HandleMade _,
                            DeviceEvent.SlotSet _,
                            DeviceEvent.SlotDropped _ -> null;
                });
    }

    /// What the device has of an object: `blob OPEN h2@1, READ#3 out h2`.
    /// @param printed the object's state in the kernel's word
    public static String of(Cookie cookie, String printed, DeviceState device) {
        var line = new StringBuilder(cookie + " " + printed);
        var slot = device.slot(cookie);
        if (device.hasLiveHandle(slot)) {
            line.append(" h").append(slot.handle()).append('@').append(slot.incarnation());
        }
        for (var request : device.requestsOf(cookie)) {
            line.append(", ").append(request.opcode()).append(request.id());
            line.append(
                    request.isNew()
                            ? " NEW"
                            : " out " + Objects.requireNonNull(request.out()).id());
        }
        return line.toString();
    }

    /// A request that is handed out: `READ#1 blob h1 0+4096`.
    public static String of(Request request, Handle handle) {
        var text = request.opcode() + request.msgId().toString() + " " + handle.cookie() + " " + handle.id();
        return request instanceof Request.Read read ? text + " " + read.range() : text;
    }

    /// How a look-up has ended.
    public static String acquired(Cookie cookie, Errno errno, @Nullable Content content) {
        return content == null
                ? cookie + " not acquired: " + errno
                : cookie + " acquired, " + content.sizeBytes() + " bytes";
    }

    /// Nothing is left of the object.
    public static String released(Cookie cookie) {
        return cookie + " released";
    }

    /// Where the cache was, and where it is; empty if that is the same.
    public static Optional<String> moved(Life before, Life after) {
        return after == before ? Optional.empty() : Optional.of("cache " + before + "→" + after);
    }

    /// What the cache does; empty if other words tell it.
    public static Optional<String> of(CacheAction action) {
        return Optional.ofNullable(
                switch (action) {
                    case CacheAction.ReleaseDirectory(var path, var tag) -> "given back: " + path + ", " + tag;
                    case CacheAction.RefuseOperations _ -> "nothing is served any more";
                    case CacheAction.WakePollers _ -> "POLLOUT changes";
                    case CacheAction.SetFull(var full) -> full ? "full" : "room again";
                    case CacheAction.PassOn(_, var text) -> "for the device: " + text;
                    case CacheAction.Complete _,
                            CacheAction.CheckDirectory _,
                            CacheAction.FlushAll _,
                            CacheAction.CheckInUse _,
                            CacheAction.CullFile _,
                            CacheAction.StartLookUp _,
                            CacheAction.Withdraw _ -> null;
                });
    }

    /// How a read has ended.
    /// @param bytes that it got
    public static String ended(String reader, Errno errno, long bytes) {
        return reader + ": " + (errno.isOk() ? bytes + " bytes" : errno.name());
    }

    /// Where an object was, and where it is.
    public static String moved(Cookie cookie, String before, String after) {
        return cookie + " " + before + "→" + after;
    }

    /// A reopen waits for its back-off.
    public static String rests(Cookie cookie, int attempt) {
        return cookie + " rests before try " + (attempt + 1);
    }
}
