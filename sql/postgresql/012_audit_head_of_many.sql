-- The head moves once for all events of a statement. It moved with each of them, and within one transaction
-- PostgreSQL looks through all that the row was before: a large import paid for that with the square of its events.
DROP TRIGGER audit_moves_its_head ON audit;
DROP FUNCTION audit_takes_one();

-- They follow on the head and on each other.
CREATE FUNCTION audit_takes_all() RETURNS trigger LANGUAGE plpgsql
  SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
  lowest  BIGINT;
  highest BIGINT;
  events  BIGINT;
BEGIN
  SELECT min(id), max(id), count(*) INTO lowest, highest, events FROM added;
  IF events = 0 THEN
    RETURN NULL;
  END IF;
  UPDATE audit_head SET id = highest, hash = (SELECT added.hash FROM added WHERE added.id = highest)
    WHERE id = lowest - 1 AND highest - lowest + 1 = events;
  IF NOT FOUND THEN
    RAISE 'the audit is append-only' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;

-- No event is ever behind the head but those that come now, and audit_takes_all() has seen to these.
CREATE OR REPLACE FUNCTION audit_head_moves_on() RETURNS trigger LANGUAGE plpgsql
  SET search_path FROM CURRENT AS $$
BEGIN
  IF NEW.one <> 1 OR NEW.id <= OLD.id
     OR NOT EXISTS (SELECT FROM audit WHERE id = NEW.id AND hash = NEW.hash) THEN
    RAISE 'the audit is append-only' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER audit_moves_its_head AFTER INSERT ON audit REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION audit_takes_all();
