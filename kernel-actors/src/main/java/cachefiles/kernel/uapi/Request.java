package cachefiles.kernel.uapi;

/// A request as it is handed to the daemon (S8, S13).
public sealed interface Request {
    MsgId msgId();

    /// The object's id at the moment of delivery (S13).
    ObjectId objectId();

    Opcode opcode();

    /// @param cookie volume and key (S15)
    /// @param fd the number of the descriptor in the daemon's table (S20); here it equals the object id
    record Open(MsgId msgId, ObjectId objectId, Cookie cookie, int fd) implements Request {
        @Override
        public Opcode opcode() {
            return Opcode.OPEN;
        }
    }

    /// @param range the bytes wanted (S17)
    record Read(MsgId msgId, ObjectId objectId, Range range) implements Request {
        @Override
        public Opcode opcode() {
            return Opcode.READ;
        }
    }

    /// Has no answer (S35).
    record Close(MsgId msgId, ObjectId objectId) implements Request {
        @Override
        public Opcode opcode() {
            return Opcode.CLOSE;
        }
    }
}
