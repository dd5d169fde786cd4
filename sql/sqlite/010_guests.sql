-- Who takes part in an appointment without a login: interpreters, relatives, supervisors. Of a guest's
-- code and of the device that it is bound to only the SHA-256 is here, in hexadecimal. An id is never
-- given twice: the row of the highest one stays.
CREATE TABLE guests (
  id             INTEGER PRIMARY KEY CHECK (id > 0),
  appointment_id INTEGER NOT NULL REFERENCES appointments (id),
  name           TEXT NOT NULL CHECK (name <> ''),
  kind           TEXT NOT NULL CHECK (kind IN ('interpreter', 'relative', 'supervisor', 'other')),
  code_digest    TEXT NOT NULL UNIQUE CHECK (length(code_digest) = 64),
  device_digest  TEXT CHECK (length(device_digest) = 64),
  expires_at     INTEGER NOT NULL,
  last_used_at   INTEGER,
  revoked        INTEGER NOT NULL DEFAULT 0 CHECK (revoked IN (0, 1))
) STRICT;
CREATE INDEX guests_of_appointment ON guests (appointment_id);
