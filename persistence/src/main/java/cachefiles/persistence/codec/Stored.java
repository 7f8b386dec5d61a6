package cachefiles.persistence.codec;

import cachefiles.kernel.uapi.Content;
import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/// An event or a snapshot of an object, as the journal keeps it: one CBOR map, without the name of any class.
///
/// | type            | version | fields                                      |
/// |-----------------|---------|---------------------------------------------|
/// | `content-known` | 1       | `sizeBytes`, `validator`                    |
/// | `retired`       | 1       |                                             |
/// | `object`        | 1       | `sizeBytes`, `validator` unless none known  |
///
/// A form that was ever written is read for ever; `src/test/resources` keeps a sample of each. A change of form is a
/// new version and a new row here.
/// @param type which of the rows above
/// @param version the form's, counted for each type
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Stored(
        String type,
        int version,
        @Nullable Long sizeBytes,
        @Nullable String validator) implements Cbor {

    static final String CONTENT_KNOWN = "content-known";
    static final String RETIRED = "retired";
    static final String OBJECT = "object";

    static Stored of(String type, int version, @Nullable Content content) {
        return content == null
                ? new Stored(type, version, null, null)
                : new Stored(type, version, content.sizeBytes(), content.validator());
    }

    /// @throws UnreadableException if there is none
    Content content() {
        if (sizeBytes == null || validator == null) {
            throw UnreadableException.incomplete(this);
        }
        return new Content(sizeBytes, validator);
    }

    @Nullable
    Content contentIfAny() {
        return sizeBytes == null ? null : content();
    }
}
