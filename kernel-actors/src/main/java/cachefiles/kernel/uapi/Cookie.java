package cachefiles.kernel.uapi;

/// The netfs's name for one file: a key within a volume (S6).
/// @param volume the group, for EROFS `erofs,<fsid>` (S5)
/// @param key the file within it
public record Cookie(Key volume, Key key) implements Comparable<Cookie> {
    public static Cookie of(String volume, String key) {
        return new Cookie(Key.of(volume), Key.of(key));
    }

    @Override
    public int compareTo(Cookie other) {
        int byVolume = volume.compareTo(other.volume);
        return byVolume != 0 ? byVolume : key.compareTo(other.key);
    }

    @Override
    public int hashCode() {
        return 31 * volume.hashCode() + key.hashCode();
    }

    @Override
    public String toString() {
        return key.text();
    }
}
