package cachefiles.persistence.codec;

/// The journal holds something that this program cannot read.
public final class UnreadableException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    private UnreadableException(String message) {
        super(message);
    }

    static UnreadableException unknown(Stored stored) {
        return new UnreadableException(
                "the journal holds '" + stored.type() + "' in version " + stored.version()
                        + ", which this program cannot read: a newer one wrote it. Run that, or start with another cache directory");
    }

    static UnreadableException incomplete(Stored stored) {
        return new UnreadableException("the journal holds '" + stored.type() + "' in version " + stored.version()
                + " without the content that belongs to it: it is damaged. Start with another cache directory");
    }
}
