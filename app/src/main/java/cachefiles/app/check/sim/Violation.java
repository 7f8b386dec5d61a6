package cachefiles.app.check.sim;

/// Something that must not happen has happened.
final class Violation extends RuntimeException {
    private static final long serialVersionUID = 1;

    Violation(String what) {
        super(what, null, false, false);
    }
}
