CREATE TABLE guests (
  id             BIGINT PRIMARY KEY CHECK (id > 0),
  appointment_id BIGINT NOT NULL REFERENCES appointments (id),
  name           TEXT COLLATE "C" NOT NULL CHECK (name <> ''),
  kind           TEXT COLLATE "C" NOT NULL CHECK (kind IN ('interpreter', 'relative', 'supervisor', 'other')),
  code_digest    TEXT COLLATE "C" NOT NULL UNIQUE CHECK (length(code_digest) = 64),
  device_digest  TEXT COLLATE "C" CHECK (length(device_digest) = 64),
  expires_at     BIGINT NOT NULL,
  last_used_at   BIGINT,
  revoked        BIGINT NOT NULL DEFAULT 0 CHECK (revoked IN (0, 1))
);
CREATE INDEX guests_of_appointment ON guests (appointment_id);
