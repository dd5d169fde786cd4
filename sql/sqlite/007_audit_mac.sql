-- HMAC-SHA256 of the event's `hash` under ROOMKEY_AUDIT_KEY, for who keeps one: whoever has the file
-- alone can compute a chain, but no MAC. From the first event with one on each has one.
ALTER TABLE audit ADD COLUMN mac BLOB CHECK (length(mac) = 32);

CREATE TRIGGER audit_stays_keyed BEFORE INSERT ON audit
WHEN NEW.mac IS NULL AND EXISTS (SELECT 1 FROM audit WHERE id = NEW.id - 1 AND mac IS NOT NULL)
BEGIN SELECT RAISE(ABORT, 'the audit is keyed'); END;
