package cachefiles.app.check;

import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import java.util.Map;

/// The daemon's side of an [Ensemble], at work by itself: a supervisor, a daemon that may die, and an origin that
/// answers when it is let.
public interface Daemons {
    /// The daemon comes up; if one was up, that one has died.
    void start();

    /// What the origin has from now on; nothing under a cookie without an entry.
    Map<Cookie, Content> origin();

    /// Whether the origin has been asked something.
    boolean hasWork();

    /// The origin answers the oldest question, and the daemon hears it.
    void answer();

    /// The oldest question's worker dies over it.
    void failWorker(int worker);

    /// The daemon ends for good.
    void stop();

    /// An operator asks for another try.
    void startAgain();

    /// The device's actor fails, and the supervisor hears of the next.
    void failDevice();

    /// The daemon closes its descriptor of this object, though it is needed.
    void closeEarly(Cookie cookie);
}
