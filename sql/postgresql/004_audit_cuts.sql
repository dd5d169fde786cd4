CREATE TABLE former_rooms (
  name           TEXT COLLATE "C" PRIMARY KEY,
  appointment_id BIGINT NOT NULL REFERENCES appointments (id)
);

CREATE TABLE audit_cuts (
  id         BIGINT PRIMARY KEY CHECK (id > 0),
  at         BIGINT NOT NULL,
  last_event BIGINT NOT NULL CHECK (last_event > 0),
  last_hash  BYTEA NOT NULL CHECK (length(last_hash) = 32),
  events     BIGINT NOT NULL CHECK (events > 0),
  signed_by  TEXT COLLATE "C" NOT NULL CHECK (signed_by <> ''),
  reason     TEXT COLLATE "C" NOT NULL CHECK (reason <> ''),
  witness    BIGINT NOT NULL,
  hash       BYTEA NOT NULL CHECK (length(hash) = 32),
  CHECK (witness > last_event)
);

CREATE FUNCTION audit_cut_is_witnessed() RETURNS trigger LANGUAGE plpgsql
  SET search_path FROM CURRENT AS $$
BEGIN
  IF NEW.id <> (SELECT 1 + count(*) FROM audit_cuts)
     OR NEW.last_event - NEW.events <> coalesce((SELECT max(last_event) FROM audit_cuts), 0)
     OR NOT EXISTS (SELECT FROM audit WHERE id = NEW.last_event AND hash = NEW.last_hash)
     OR NOT EXISTS (SELECT FROM audit JOIN audit_head USING (id)
                    WHERE id = NEW.witness AND action = 'audit_prune' AND outcome = 'changed'
                      AND strpos(audit.reason, '{"cut":' || NEW.id || ',"events":' || NEW.events
                        || ',"last_event":' || NEW.last_event || ',"last_hash":"'
                        || encode(NEW.last_hash, 'hex') || '",') = 1
                      AND strpos(audit.reason, '"cut_hash":"' || encode(NEW.hash, 'hex') || '"') > 0)
  THEN
    RAISE 'the audit is append-only' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER audit_cuts_are_witnessed BEFORE INSERT ON audit_cuts
  FOR EACH ROW EXECUTE FUNCTION audit_cut_is_witnessed();
CREATE TRIGGER audit_cuts_are_not_changed BEFORE UPDATE ON audit_cuts
  FOR EACH ROW EXECUTE FUNCTION refuse_audit();
CREATE TRIGGER audit_cuts_are_not_deleted BEFORE DELETE ON audit_cuts
  FOR EACH ROW EXECUTE FUNCTION refuse_audit();
CREATE TRIGGER audit_cuts_are_not_emptied BEFORE TRUNCATE ON audit_cuts
  EXECUTE FUNCTION refuse_audit();

-- What a cut covers may go, and nothing else.
CREATE FUNCTION audit_keeps_what_is_not_cut() RETURNS trigger LANGUAGE plpgsql
  SET search_path FROM CURRENT AS $$
BEGIN
  IF OLD.id > coalesce((SELECT last_event FROM audit_cuts ORDER BY id DESC LIMIT 1), 0) THEN
    RAISE 'the audit is append-only' USING ERRCODE = 'check_violation';
  END IF;
  RETURN OLD;
END $$;
DROP TRIGGER audit_is_not_deleted ON audit;
CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit
  FOR EACH ROW EXECUTE FUNCTION audit_keeps_what_is_not_cut();
