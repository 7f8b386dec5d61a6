package cachefiles.daemon.http;

import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Range;
import java.util.LinkedHashMap;
import java.util.Map;

/// What a server is asked.
public sealed interface Ask {
    /// Size and version of an object: `HEAD`.
    record Describe() implements Ask {}

    /// The same, of a server that answers no `HEAD` well: `GET` of the first byte.
    record Probe() implements Ask {}

    /// Bytes of one version: `GET` of a range, which the server is to send only if the object is still that version.
    record Part(Content expected, Range range) implements Ask {}

    /// A page that tells of objects, of at most that many bytes: `GET`.
    record Page(int mostBytes) implements Ask {}

    default String method() {
        return this instanceof Describe ? "HEAD" : "GET";
    }

    /// The fields to send, but for credentials. Encoded content is refused: its offsets are not the object's.
    default Map<String, String> fields() {
        var fields = new LinkedHashMap<String, String>();
        fields.put("Accept-Encoding", "identity");
        switch (this) {
            case Describe _ -> {}
            case Page _ -> fields.put("Accept", "application/json, text/html;q=0.9, */*;q=0.8");
            case Probe _ -> fields.put("Range", "bytes=0-0");
            case Part(var expected, var range) -> {
                fields.put("Range", "bytes=" + range.offset() + "-" + (range.limit() - 1));
                var condition = Validators.ifRange(expected.validator());
                if (!condition.isEmpty()) {
                    fields.put("If-Range", condition);
                }
            }
        }
        return fields;
    }
}
