package cachefiles.persistence.codec;

/// What Akka's Jackson serializer writes as CBOR: `serialization-bindings` in `journal.conf` names this interface.
public interface Cbor {}
