package cachefiles.kernel.uapi;

/// What the daemon is asked to do; the ordinal is the number on the wire (S14).
public enum Opcode {
    OPEN,
    CLOSE,
    READ
}
