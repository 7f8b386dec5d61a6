package cachefiles.app.serve;

import akka.NotUsed;
import akka.http.javadsl.model.ContentType;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.MediaTypes;
import akka.http.javadsl.model.headers.ModeledCustomHeader;
import akka.http.javadsl.model.headers.RawHeader;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import cachefiles.app.serve.OpenObjects.Lease;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.DeviceException;
import cachefiles.kernel.uapi.Errno;
import cachefiles.kernel.uapi.KeyText;
import cachefiles.kernel.uapi.Range;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// Answers requests for objects. The first bytes are read before the answer begins: so a failure has its own status,
/// and only what fails behind them ends in a connection that closes too early.
final class Answers {
    private static final int FIRST_BYTES = 256 * 1024;
    private static final ContentType BYTES = ContentTypes.APPLICATION_OCTET_STREAM;
    /// Seconds.
    private static final String RETRY_AFTER = "1";

    private final OpenObjects objects;
    private final Metrics metrics;

    Answers(OpenObjects objects, Metrics metrics) {
        this.objects = objects;
        this.metrics = metrics;
    }

    /// Takes as long as the origin does.
    HttpResponse answer(HttpRequest request) {
        String method = request.method().name();
        var response = method.equals("GET") || method.equals("HEAD")
                ? ofObject(request)
                : failure(405, method + " is not for objects").addHeader(RawHeader.create("Allow", "GET, HEAD"));
        metrics.answered(method, response.status().intValue());
        return response;
    }

    private HttpResponse ofObject(HttpRequest request) {
        Cookie cookie;
        try {
            cookie = ObjectPath.parse(field(request, "Raw-Request-URI"));
        } catch (IllegalArgumentException wrong) {
            return failure(404, String.valueOf(wrong.getMessage()));
        }
        try {
            return ofVersion(request, cookie);
        } catch (DeviceException failed) {
            return failed(cookie, failed);
        }
    }

    private HttpResponse ofVersion(HttpRequest request, Cookie cookie) throws DeviceException {
        try {
            return ofObject(request, cookie);
        } catch (DeviceException failed) {
            if (failed.errno() != Errno.ESTALE) {
                throw failed;
            }
            return ofObject(request, cookie); // the version that is there now
        }
    }

    private HttpResponse ofObject(HttpRequest request, Cookie cookie) throws DeviceException {
        try (var lease = objects.open(cookie)) {
            long size = lease.content().sizeBytes();
            String tag = EntityTags.of(lease.content().validator(), size);
            var asked = new Replies.Asked(
                    field(request, "If-Match"),
                    field(request, "If-None-Match"),
                    field(request, "If-Range"),
                    request.method().name().equals("GET") ? field(request, "Range") : "");
            var response = switch (Replies.of(asked, tag, size)) {
                case Replies.Reply.NotModified _ -> HttpResponse.create().withStatus(304);
                case Replies.Reply.Failed _ -> failure(412, "the object is another version");
                case Replies.Reply.Unsatisfiable _ ->
                    failure(416, "the object has " + size + " bytes")
                            .addHeader(RawHeader.create("Content-Range", "bytes */" + size));
                case Replies.Reply.Whole _
                when size == 0 ->
                    HttpResponse.create().withEntity(HttpEntities.create(BYTES, ByteString.emptyByteString()));
                case Replies.Reply.Whole _ -> withBytes(request, lease, new Range(0, size));
                case Replies.Reply.Partial(var ranges)
                when ranges.size() == 1 ->
                    withBytes(request, lease, ranges.getFirst())
                            .withStatus(206)
                            .addHeader(contentRange(ranges.getFirst(), size));
                case Replies.Reply.Partial(var ranges) -> multipart(lease, ranges);
            };
            return response.addHeaders(described(tag));
        }
    }

    private static List<HttpHeader> described(String tag) {
        var fields = new ArrayList<HttpHeader>(2);
        fields.add(RawHeader.create("Accept-Ranges", "bytes"));
        if (!tag.isEmpty()) {
            fields.add(RawHeader.create("ETag", tag));
        }
        return fields;
    }

    private static HttpHeader contentRange(Range range, long size) {
        return RawHeader.create("Content-Range", inWords(range, size));
    }

    private static String inWords(Range range, long size) {
        return "bytes " + range.offset() + "-" + (range.limit() - 1) + "/" + size;
    }

    private HttpResponse withBytes(HttpRequest request, Lease lease, Range range) throws DeviceException {
        var response = HttpResponse.create();
        if (request.method().name().equals("HEAD")) {
            return response.withEntity(HttpEntities.create(BYTES, ByteString.emptyByteString()))
                    .addHeader(new ContentLength(range.length()));
        }
        var first = first(lease, range);
        return first.size() == range.length()
                ? response.withEntity(HttpEntities.create(BYTES, first))
                : response.withEntity(HttpEntities.create(BYTES, range.length(), all(first, lease, range)));
    }

    private HttpResponse multipart(Lease lease, List<Range> ranges) throws DeviceException {
        String boundary = UUID.randomUUID().toString();
        var parts = Source.<ByteString>empty();
        long length = 0;
        var first = first(lease, ranges.getFirst());
        for (Range range : ranges) {
            var head = text("\r\n--" + boundary + "\r\nContent-Type: application/octet-stream\r\nContent-Range: "
                    + inWords(range, lease.content().sizeBytes()) + "\r\n\r\n");
            parts = parts.concat(Source.single(head)).concat(all(first, lease, range));
            length += head.size() + range.length();
            first = ByteString.emptyByteString();
        }
        var end = text("\r\n--" + boundary + "--\r\n");
        return HttpResponse.create()
                .withStatus(206)
                .withEntity(HttpEntities.create(
                        MediaTypes.customMultipart("byteranges", Map.of("boundary", boundary))
                                .toContentType(),
                        length + end.size(),
                        parts.concat(Source.single(end))));
    }

    private static ByteString text(String ascii) {
        return ByteString.fromString(ascii, StandardCharsets.US_ASCII);
    }

    private ByteString first(Lease lease, Range range) throws DeviceException {
        byte[] bytes = new byte[(int) Math.min(range.length(), FIRST_BYTES)];
        try {
            if (lease.object().read(range.offset(), ByteBuffer.wrap(bytes)) < bytes.length) {
                throw new DeviceException(Errno.ESTALE, lease.object().cookie() + " is shorter than it was");
            }
        } catch (DeviceException failed) {
            if (failed.errno() == Errno.ESTALE) {
                lease.outdated();
            }
            throw failed;
        }
        metrics.sent(bytes.length);
        return ByteString.fromArrayUnsafe(bytes);
    }

    /// @param lease may be over when the rest is sent
    private Source<ByteString, NotUsed> all(ByteString first, Lease lease, Range range) {
        return first.size() == range.length()
                ? Source.single(first)
                : Source.single(first)
                        .concat(Body.of(
                                lease::again, Range.between(range.offset() + first.size(), range.limit()), metrics));
    }

    private static HttpResponse failed(Cookie cookie, DeviceException failed) {
        int status = Replies.status(failed.errno());
        var response =
                failure(status, KeyText.of(cookie.key()) + ": " + failed.errno().text());
        return status == 503 ? response.addHeader(RawHeader.create("Retry-After", RETRY_AFTER)) : response;
    }

    static HttpResponse failure(int status, String why) {
        return HttpResponse.create()
                .withStatus(status)
                .withEntity(HttpEntities.create(ContentTypes.TEXT_PLAIN_UTF8, why + "\n"));
    }

    private static String field(HttpRequest request, String name) {
        return request.getHeader(name).map(HttpHeader::value).orElse("");
    }

    /// The length of what a HEAD asks about, which akka-http renders only where there is a body.
    private static final class ContentLength extends ModeledCustomHeader {
        ContentLength(long bytes) {
            super("Content-Length", Long.toString(bytes));
        }

        @Override
        public boolean renderInRequests() {
            return false;
        }

        @Override
        public boolean renderInResponses() {
            return true;
        }
    }
}
