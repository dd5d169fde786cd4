ALTER TABLE audit ADD COLUMN mac BYTEA CHECK (length(mac) = 32);

CREATE FUNCTION audit_is_keyed() RETURNS trigger LANGUAGE plpgsql
  SET search_path FROM CURRENT AS $$
BEGIN
  IF EXISTS (SELECT FROM audit WHERE id = NEW.id - 1 AND mac IS NOT NULL) THEN
    RAISE 'the audit is keyed' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER audit_stays_keyed BEFORE INSERT ON audit
  FOR EACH ROW WHEN (NEW.mac IS NULL) EXECUTE FUNCTION audit_is_keyed();
