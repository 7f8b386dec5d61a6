package cachefiles.app.load;

import cachefiles.app.load.plan.Recovery;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;

/// What is loaded. Safe for use by many threads.
public interface Target extends AutoCloseable {
    /// A read, or an acquire, failed.
    final class Failure extends Exception {
        private static final long serialVersionUID = 1;

        /// @param error its name, such as `EIO`
        public Failure(String error) {
            super(error, null, false, false);
        }

        public String error() {
            return String.valueOf(getMessage());
        }
    }

    /// Where a target tells that it came to stand elsewhere.
    interface Marks {
        /// @param what where it died; or how many requests were restored
        void mark(Recovery now, String what);
    }

    /// Says where to tell it. Before anything else.
    void tell(Marks marks);

    /// Acquires an object, if that is not done already.
    void open(int object) throws Failure;

    /// Fills `into` from `offset` on, as far as the object goes, and moves its position.
    void read(int object, long offset, ByteBuffer into) throws Failure;

    /// Gives an object up; whoever reads it next acquires it anew.
    void drop(int object);

    void dropAll();

    /// Has the daemon crash, at once or when the next request comes by the phase that the profile names. May wait for
    /// it.
    void crash() throws Failure;

    /// What there is now, by name: `heap`, `open`, ... What is counted, is counted since the start.
    Map<String, Long> gauges();

    @Override
    void close() throws IOException;
}
