-- Names of rooms that were given up because the appointment's people changed or it got another room.
-- Tokens for such a name may still be about, so it is never given to anybody again.
CREATE TABLE former_rooms (
  name           TEXT PRIMARY KEY,
  appointment_id INTEGER NOT NULL REFERENCES appointments (id)
) STRICT, WITHOUT ROWID;

-- Where events were removed from the front of the audit (`roomkey audit prune`): up to `last_event`,
-- by whom and why. `hash` is chained like the audit's own, and the event `witness` of the audit holds
-- it, so a cut that nobody signed off shows.
CREATE TABLE audit_cuts (
  id         INTEGER PRIMARY KEY CHECK (id > 0),
  at         INTEGER NOT NULL,
  last_event INTEGER NOT NULL CHECK (last_event > 0),
  last_hash  BLOB NOT NULL CHECK (length(last_hash) = 32),
  events     INTEGER NOT NULL CHECK (events > 0),
  signed_by  TEXT NOT NULL CHECK (signed_by <> ''),
  reason     TEXT NOT NULL CHECK (reason <> ''),
  witness    INTEGER NOT NULL CHECK (witness > last_event),
  hash       BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

-- A cut follows the one before it, and its event is the audit's last. (Not json_extract(): with
-- trusted_schema off, triggers may not use it. What people write there has its quotes escaped.)
CREATE TRIGGER audit_cuts_are_witnessed BEFORE INSERT ON audit_cuts
WHEN NEW.id IS NOT (SELECT 1 + count(*) FROM audit_cuts)
  OR NEW.last_event - NEW.events IS NOT ifnull((SELECT max(last_event) FROM audit_cuts), 0)
  OR NOT EXISTS (SELECT 1 FROM audit WHERE id = NEW.last_event AND hash = NEW.last_hash)
  OR NOT EXISTS (SELECT 1 FROM audit JOIN audit_head USING (id)
                 WHERE id = NEW.witness AND action = 'audit_prune' AND outcome = 'changed'
                   AND instr(reason, '{"cut":' || NEW.id || ',"events":' || NEW.events
                     || ',"last_event":' || NEW.last_event || ',"last_hash":"'
                     || lower(hex(NEW.last_hash)) || '",') = 1
                   AND instr(reason, '"cut_hash":"' || lower(hex(NEW.hash)) || '"'))
BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER audit_cuts_are_not_changed BEFORE UPDATE ON audit_cuts
BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER audit_cuts_are_not_deleted BEFORE DELETE ON audit_cuts
BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;

-- What a cut covers may go, and nothing else.
DROP TRIGGER audit_is_not_deleted;
CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit
WHEN OLD.id > ifnull((SELECT last_event FROM audit_cuts ORDER BY id DESC LIMIT 1), 0)
BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
