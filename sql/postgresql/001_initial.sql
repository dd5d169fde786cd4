-- The same tables, keys and rules as in sql/sqlite/001_initial.sql. Numbers are all BIGINT, as SQLite's
-- are; texts are ordered by their bytes.

CREATE TABLE users (
  id     BIGINT PRIMARY KEY CHECK (id > 0),
  email  TEXT COLLATE "C" NOT NULL CHECK (length(email) BETWEEN 1 AND 254),
  name   TEXT COLLATE "C" NOT NULL,
  role   TEXT COLLATE "C" NOT NULL CHECK (role IN ('patient', 'psychologist', 'practice_manager', 'admin', 'service')),
  active BIGINT NOT NULL DEFAULT 1 CHECK (active IN (0, 1))
);

CREATE TABLE appointments (
  id               BIGINT PRIMARY KEY CHECK (id > 0),
  patient_id       BIGINT NOT NULL REFERENCES users (id),
  psychologist_id  BIGINT NOT NULL REFERENCES users (id),
  starts_at        BIGINT NOT NULL CHECK (starts_at BETWEEN 0 AND 253402300799),
  duration_minutes BIGINT NOT NULL CHECK (duration_minutes BETWEEN 1 AND 1440),
  status           TEXT COLLATE "C" NOT NULL CHECK (status IN ('scheduled', 'confirmed', 'completed', 'cancelled', 'no_show')),
  session_type     TEXT COLLATE "C" NOT NULL CHECK (session_type IN ('telehealth', 'in_person')),
  CHECK (patient_id <> psychologist_id)
);

CREATE TABLE rooms (
  appointment_id BIGINT PRIMARY KEY REFERENCES appointments (id),
  name           TEXT COLLATE "C" NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 128),
  created_at     BIGINT NOT NULL
);

CREATE TABLE audit (
  id             BIGINT PRIMARY KEY,
  at             BIGINT NOT NULL,
  request_id     TEXT COLLATE "C" NOT NULL,
  user_id        BIGINT,
  appointment_id BIGINT,
  action         TEXT COLLATE "C" NOT NULL,
  outcome        TEXT COLLATE "C" NOT NULL CHECK (outcome IN ('granted', 'refused', 'changed')),
  reason         TEXT COLLATE "C",
  expires_at     BIGINT,
  hash           BYTEA NOT NULL CHECK (length(hash) = 32)
);

CREATE TABLE audit_head (
  one  BIGINT PRIMARY KEY CHECK (one = 1),
  id   BIGINT NOT NULL,
  hash BYTEA NOT NULL CHECK (length(hash) = 32)
);
INSERT INTO audit_head VALUES (1, 0, decode(repeat('00', 32), 'hex'));

CREATE FUNCTION refuse_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE 'the audit is append-only' USING ERRCODE = 'check_violation';
END $$;

-- The head is moved with its owner's rights: a worker has none to change it. Whoever calls them, these
-- functions see the tables of the schema they were made in, never somebody's temporary ones.
CREATE FUNCTION audit_takes_one() RETURNS trigger LANGUAGE plpgsql
  SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  UPDATE audit_head SET id = NEW.id, hash = NEW.hash WHERE id = NEW.id - 1;
  IF NOT FOUND THEN
    RAISE 'the audit is append-only' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION audit_head_moves_on() RETURNS trigger LANGUAGE plpgsql
  SET search_path FROM CURRENT AS $$
BEGIN
  IF NEW.one <> 1 OR NEW.id <> OLD.id + 1
     OR NOT EXISTS (SELECT FROM audit WHERE id = NEW.id AND hash = NEW.hash) THEN
    RAISE 'the audit is append-only' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
  FOR EACH ROW EXECUTE FUNCTION refuse_audit();
CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit
  FOR EACH ROW EXECUTE FUNCTION refuse_audit();
CREATE TRIGGER audit_is_not_emptied BEFORE TRUNCATE ON audit
  EXECUTE FUNCTION refuse_audit();
CREATE TRIGGER audit_moves_its_head AFTER INSERT ON audit
  FOR EACH ROW EXECUTE FUNCTION audit_takes_one();
CREATE TRIGGER audit_head_only_moves_on BEFORE UPDATE ON audit_head
  FOR EACH ROW EXECUTE FUNCTION audit_head_moves_on();
CREATE TRIGGER audit_has_one_head BEFORE INSERT ON audit_head
  FOR EACH ROW EXECUTE FUNCTION refuse_audit();
CREATE TRIGGER audit_head_stays BEFORE DELETE ON audit_head
  FOR EACH ROW EXECUTE FUNCTION refuse_audit();
CREATE TRIGGER audit_head_is_not_emptied BEFORE TRUNCATE ON audit_head
  EXECUTE FUNCTION refuse_audit();
