-- All events of a statement are looked at together, and the head moves once for them. It moved with each of them,
-- and within one transaction PostgreSQL looks through all that the row was before: a large import paid for that with
-- the square of its events.
DROP TRIGGER audit_moves_its_head ON audit;
DROP TRIGGER audit_stays_keyed ON audit;
-- With whatever else was hung on them.
DROP FUNCTION audit_takes_one() CASCADE;
DROP FUNCTION audit_is_keyed() CASCADE;

-- They follow on the head and on each other, and none without a MAC on one that has it. It has its owner's rights,
-- so it serves the audit alone: at a table of somebody's own it would run casts and views of theirs with them.
CREATE FUNCTION audit_takes_all() RETURNS trigger LANGUAGE plpgsql
  SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
  lowest  BIGINT;
  highest BIGINT;
  events  BIGINT;
  keyed   BIGINT;
  bare    BIGINT;
BEGIN
  IF TG_RELID <> 'audit'::regclass THEN
    RAISE 'the audit is append-only' USING ERRCODE = 'check_violation';
  END IF;
  SELECT min(id), max(id), count(*), min(id) FILTER (WHERE mac IS NOT NULL), max(id) FILTER (WHERE mac IS NULL)
    INTO lowest, highest, events, keyed, bare FROM added;
  IF events = 0 THEN
    RETURN NULL;
  END IF;
  UPDATE audit_head SET id = highest, hash = (SELECT added.hash FROM added WHERE added.id = highest)
    WHERE id = lowest - 1 AND highest - lowest + 1 = events;
  IF NOT FOUND THEN
    RAISE 'the audit is append-only' USING ERRCODE = 'check_violation';
  END IF;
  -- Now that the head is held, the event before is one that was committed.
  IF bare > keyed OR bare IS NOT NULL AND EXISTS (SELECT FROM audit WHERE id = lowest - 1 AND mac IS NOT NULL) THEN
    RAISE 'the audit is keyed' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION audit_takes_all() FROM PUBLIC;

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
