package cachefiles.app.check.explore;

/// Something does not hold.
final class Violation extends RuntimeException {
    private final String what;

    Violation(String what) {
        super(what, null, false, false);
        this.what = what;
    }

    String what() {
        return what;
    }
}
