package cachefiles.persistence.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.serialization.Serialization;
import akka.serialization.SerializationExtension;
import akka.serialization.SerializerWithStringManifest;
import cachefiles.kernel.actor.ObjectActor;
import cachefiles.kernel.object.ObjectEvent;
import cachefiles.kernel.uapi.Content;
import cachefiles.kernel.uapi.Cookie;
import cachefiles.kernel.uapi.Key;
import cachefiles.persistence.journal.Journal;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Samples are in `src/test/resources`: `<type>-<version>.cbor`, as the journal had them. None is ever written again.
@DisplayNameGeneration(ReplaceUnderscores.class)
class CodecTest {
    private static final int SERIALIZER = 8480;
    private static final Content CONTENT = new Content(5_000_000_000L, "\"etag-ü\"");

    private static ActorTestKit kit;
    private static Serialization serialization;

    @BeforeAll
    static void start() throws IOException {
        try (var journal = Journal.open(Journal.Kind.MEMORY, Path.of("unused"))) {
            kit = ActorTestKit.create(journal.config());
            serialization = SerializationExtension.get(kit.system());
        }
    }

    @AfterAll
    static void stop() {
        kit.shutdownTestKit();
    }

    static Stream<Arguments> events() {
        return Stream.of(
                Arguments.of("content-known-1", new ObjectEvent.ContentKnown(CONTENT)),
                Arguments.of("retired-1", new ObjectEvent.Retired()));
    }

    @ParameterizedTest
    @MethodSource("events")
    void an_event_of_any_version_is_read(String sample, ObjectEvent.Journaled event) throws IOException {
        var stored = new ObjectEvents().fromJournal(read(sample), "");

        assertEquals(1, stored.size());
        assertEquals(event, stored.events().head());
    }

    @ParameterizedTest
    @MethodSource("events")
    void an_event_is_written_as_its_newest_sample(String sample, ObjectEvent.Journaled event) throws IOException {
        assertArrayEquals(sample(sample), written(new ObjectEvents().toJournal(event)));
    }

    @Test
    void a_snapshot_of_any_version_is_read() throws IOException {
        assertEquals(
                CONTENT, new ObjectSnapshots().fromJournal(read("object-1")).known());
        assertNull(new ObjectSnapshots().fromJournal(read("object-1-empty")).known());
    }

    @Test
    void a_snapshot_is_written_as_its_newest_sample() throws IOException {
        assertArrayEquals(sample("object-1"), written(new ObjectSnapshots().toJournal(ObjectActor.Holder.of(CONTENT))));
        assertArrayEquals(
                sample("object-1-empty"), written(new ObjectSnapshots().toJournal(ObjectActor.Holder.of(null))));
    }

    @Test
    void what_stands_beside_an_event_names_no_class() {
        var serializer = serialization.findSerializerFor(new ObjectEvents().toJournal(new ObjectEvent.Retired()));

        assertEquals(SERIALIZER, serializer.identifier());
        assertEquals(
                "",
                assertInstanceOf(SerializerWithStringManifest.class, serializer)
                        .manifest(new ObjectEvents().toJournal(new ObjectEvent.Retired())));
    }

    @Test
    void an_unknown_version_is_refused_with_what_to_do() throws IOException {
        var future = """
                {"type": "content-known", "version": 7, "digest": "sha256:00"}""";

        var refused =
                assertThrows(UnreadableException.class, () -> new ObjectEvents().fromJournal(read(cbor(future)), ""));

        assertEquals(
                "the journal holds 'content-known' in version 7, which this program cannot read: a newer one wrote it."
                        + " Run that, or start with another cache directory",
                refused.getMessage());
        assertThrows(UnreadableException.class, () -> new ObjectSnapshots().fromJournal(read(cbor(future))));
    }

    @Test
    void an_event_without_its_content_is_refused() throws IOException {
        var cut = read(cbor("""
                {"type": "content-known", "version": 1, "sizeBytes": 1}"""));

        assertThrows(UnreadableException.class, () -> new ObjectEvents().fromJournal(cut, ""));
    }

    @Test
    void a_persistence_id_leads_back_to_its_cookie() {
        var odd = new Cookie(Key.of(new byte[] {'|', 0, -1}), Key.of(new byte[Key.MAX_BYTES]));

        assertEquals(
                Optional.of(odd),
                ObjectIds.cookieOf(ObjectActor.persistenceId(odd).id()));
        assertEquals(Optional.empty(), ObjectIds.cookieOf("object|zz|00"));
        assertEquals(Optional.empty(), ObjectIds.cookieOf("volume|00|00"));
    }

    private static Stored read(String sample) throws IOException {
        return read(sample(sample));
    }

    private static Stored read(byte[] bytes) {
        return (Stored) serialization.deserialize(bytes, SERIALIZER, "").get();
    }

    private static byte[] written(Object stored) {
        return serialization.serialize(stored).get();
    }

    private static byte[] sample(String name) throws IOException {
        try (var in = CodecTest.class.getResourceAsStream(name + ".cbor")) {
            return in.readAllBytes();
        }
    }

    private static byte[] cbor(String json) throws IOException {
        return new ObjectMapper(new CBORFactory()).writeValueAsBytes(new ObjectMapper().readTree(json));
    }
}
