package cachefiles.kernel.uapi;

/// The daemon's write handle on one object: Linux's anonymous descriptor (S9), made when an OPEN is delivered.
/// It carries the incarnation it was made in, so that what a dead daemon left behind can be told from what is alive
/// (G10).
/// @param cookie the object it writes to
/// @param id the object id of this opening (S84)
/// @param incarnation the daemon's incarnation when the handle was made
public record Handle(Cookie cookie, ObjectId id, long incarnation) {
    @Override
    public String toString() {
        return id + "@" + incarnation;
    }
}
