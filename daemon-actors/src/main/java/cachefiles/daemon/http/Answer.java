package cachefiles.daemon.http;

import java.util.List;
import java.util.Map;

/// The head of a server's answer.
/// @param status the three digits
/// @param fields whose names are looked up whatever their case
public record Answer(int status, Map<String, List<String>> fields) {
    /// The value of a field, empty if it is missing. Of one that came several times all, with commas between: none of
    /// those that we read may, so it reads as no value that can be.
    public String field(String name) {
        return String.join(", ", fields.getOrDefault(name, List.of())).strip();
    }

    /// Bytes of the body as `Content-Length` has them; -1 if it has no such number.
    public long bodyBytes() {
        return number(field("Content-Length"));
    }

    /// The number that `digits` spell; -1 for anything else.
    static long number(String digits) {
        return digits.matches("[0-9]{1,18}") ? Long.parseLong(digits) : -1;
    }
}
