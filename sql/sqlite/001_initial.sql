-- Times are Unix seconds, UTC. Every value that a program could misread is checked here as well, so
-- that no other tool can put nonsense in.

CREATE TABLE users (
  id     INTEGER PRIMARY KEY CHECK (id > 0),
  email  TEXT NOT NULL CHECK (length(email) BETWEEN 1 AND 254),
  name   TEXT NOT NULL,
  role   TEXT NOT NULL CHECK (role IN ('patient', 'psychologist', 'practice_manager', 'admin', 'service')),
  active INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1))
) STRICT;

CREATE TABLE appointments (
  id               INTEGER PRIMARY KEY CHECK (id > 0),
  patient_id       INTEGER NOT NULL REFERENCES users (id),
  psychologist_id  INTEGER NOT NULL REFERENCES users (id),
  starts_at        INTEGER NOT NULL CHECK (starts_at BETWEEN 0 AND 253402300799),
  duration_minutes INTEGER NOT NULL CHECK (duration_minutes BETWEEN 1 AND 1440),
  status           TEXT NOT NULL CHECK (status IN ('scheduled', 'confirmed', 'completed', 'cancelled', 'no_show')),
  session_type     TEXT NOT NULL CHECK (session_type IN ('telehealth', 'in_person')),
  CHECK (patient_id <> psychologist_id)
) STRICT;

-- One room an appointment, one appointment a room: two pairs of people never meet.
CREATE TABLE rooms (
  appointment_id INTEGER PRIMARY KEY REFERENCES appointments (id),
  name           TEXT NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 128),
  created_at     INTEGER NOT NULL
) STRICT;

-- Append-only and chained: `hash` is SHA-256 over the hash before it and the event's own fields
-- (docs/architecture.md says how).
CREATE TABLE audit (
  id             INTEGER PRIMARY KEY,
  at             INTEGER NOT NULL,
  request_id     TEXT NOT NULL,
  user_id        INTEGER,
  appointment_id INTEGER,
  action         TEXT NOT NULL,
  outcome        TEXT NOT NULL CHECK (outcome IN ('granted', 'refused', 'changed')),
  reason         TEXT,
  expires_at     INTEGER,
  hash           BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

-- The last event once more, so that a cut end shows.
CREATE TABLE audit_head (
  one  INTEGER PRIMARY KEY CHECK (one = 1),
  id   INTEGER NOT NULL,
  hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;
INSERT INTO audit_head VALUES (1, 0, zeroblob(32));

CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER audit_has_no_gap BEFORE INSERT ON audit
WHEN NEW.id IS NOT (SELECT id + 1 FROM audit_head)
BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER audit_moves_its_head AFTER INSERT ON audit
BEGIN UPDATE audit_head SET id = NEW.id, hash = NEW.hash; END;
CREATE TRIGGER audit_head_only_moves_on BEFORE UPDATE ON audit_head
WHEN NEW.one IS NOT 1 OR NEW.id IS NOT OLD.id + 1
  OR NOT EXISTS (SELECT 1 FROM audit WHERE id = NEW.id AND hash = NEW.hash)
BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER audit_has_one_head BEFORE INSERT ON audit_head
BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER audit_head_stays BEFORE DELETE ON audit_head
BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
