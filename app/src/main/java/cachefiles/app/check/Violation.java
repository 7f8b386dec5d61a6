package cachefiles.app.check;

/// Something does not hold.
public final class Violation extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String what;

    public Violation(String what) {
        super(what, null, false, false);
        this.what = what;
    }

    /// The rule, and what breaks it.
    public String what() {
        return what;
    }
}
