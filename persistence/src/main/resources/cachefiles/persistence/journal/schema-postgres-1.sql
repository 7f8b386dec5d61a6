-- As akka-persistence-jdbc 5.2.1 has it, less what nobody here asks for: tags, durable state, an index on "ordering".
-- Its persistence ids end at 255 characters; ours have two for each byte of volume and key: at most 1028.
-- Events go when a snapshot holds what they led to: autovacuum takes their space back before it is half of the table.

CREATE TABLE IF NOT EXISTS event_journal (
  ordering BIGSERIAL,
  persistence_id VARCHAR(1028) NOT NULL,
  sequence_number BIGINT NOT NULL,
  deleted BOOLEAN DEFAULT FALSE NOT NULL,
  writer VARCHAR(255) NOT NULL,
  write_timestamp BIGINT,
  adapter_manifest VARCHAR(255),
  event_ser_id INTEGER NOT NULL,
  event_ser_manifest VARCHAR(255) NOT NULL,
  event_payload BYTEA NOT NULL,
  meta_ser_id INTEGER,
  meta_ser_manifest VARCHAR(255),
  meta_payload BYTEA,
  PRIMARY KEY (persistence_id, sequence_number)
) WITH (autovacuum_vacuum_scale_factor = 0.1, autovacuum_vacuum_threshold = 1000);

CREATE TABLE IF NOT EXISTS snapshot (
  persistence_id VARCHAR(1028) NOT NULL,
  sequence_number BIGINT NOT NULL,
  created BIGINT NOT NULL,
  snapshot_ser_id INTEGER NOT NULL,
  snapshot_ser_manifest VARCHAR(255) NOT NULL,
  snapshot_payload BYTEA NOT NULL,
  meta_ser_id INTEGER,
  meta_ser_manifest VARCHAR(255),
  meta_payload BYTEA,
  PRIMARY KEY (persistence_id, sequence_number)
) WITH (autovacuum_vacuum_scale_factor = 0.1, autovacuum_vacuum_threshold = 1000);

-- The cache directory that this journal belongs to: one row. Its holder is the process that opened it last.
CREATE TABLE IF NOT EXISTS cachefiles_cache (
  id VARCHAR(32) PRIMARY KEY,
  directory TEXT NOT NULL,
  holder VARCHAR(36) NOT NULL
);
