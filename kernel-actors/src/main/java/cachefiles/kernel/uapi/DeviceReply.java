package cachefiles.kernel.uapi;

/// What the device answers to a [DeviceCall], or says unasked ([Readable]).
public sealed interface DeviceReply {
    /// One message for a worker.
    /// @param fd the descriptor of the object, for OPEN and READ; for CLOSE the one to be closed
    /// @param more POLLIN: whether the device is readable still (S38). If not, [Readable] follows when that changes
    record Message(long incarnation, int worker, Request request, AnonymousFd fd, boolean more)
            implements DeviceReply {}

    /// A fetch found nothing deliverable: a read that gave 0 (S25). [Readable] follows when that changes.
    record Nothing(long incarnation, int worker) implements DeviceReply {}

    /// A fetch failed (S30, S33).
    record Refused(long incarnation, int worker, Errno error) implements DeviceReply {}

    /// A call was carried out, or refused with an error.
    record Done(DeviceCall call, Errno error) implements DeviceReply {}

    /// The caller is now the daemon, under this incarnation.
    record TookOver(long incarnation) implements DeviceReply {}

    /// POLLIN (S38): a fetch would deliver, or would start a reopen (I11).
    record Readable() implements DeviceReply {}
}
