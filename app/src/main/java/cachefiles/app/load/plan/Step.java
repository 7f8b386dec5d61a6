package cachefiles.app.load.plan;

/// What a reader does next.
public sealed interface Step {
    /// Reads bytes, as far as the object goes.
    record Read(int object, long offset, int length) implements Step {}

    /// Gives an object up: whoever reads it next acquires it anew.
    record Drop(int object) implements Step {}

    /// Gives all objects up.
    record DropAll() implements Step {}

    /// Has the garbage collector run.
    record Compact() implements Step {}
}
