-- Who put somebody out, and whether as one of the office: what the office did only the office undoes.
-- Of removals from before nobody knows; they count as the office's.
ALTER TABLE removals ADD COLUMN removed_by INTEGER REFERENCES users (id);
ALTER TABLE removals ADD COLUMN by_office INTEGER NOT NULL DEFAULT 1 CHECK (by_office IN (0, 1));

-- Who is still to be put out of a room at its provider: whoever has that identity, or, where it is
-- empty, everybody, and the room ends. Tried when it is due, until it is done. Whether it is still
-- wanted then is asked anew (access/welcome.hpp).
CREATE TABLE evictions (
  room           TEXT NOT NULL CHECK (room <> ''),
  identity       TEXT NOT NULL,
  provider       TEXT NOT NULL,
  appointment_id INTEGER NOT NULL REFERENCES appointments (id),
  failures       INTEGER NOT NULL DEFAULT 0,
  due_at         INTEGER NOT NULL,
  PRIMARY KEY (room, identity)
) STRICT, WITHOUT ROWID;

-- A token that is for no call in particular is for the nearest appointments of its user: without
-- these, each one of a psychologist's would be looked at, with the store's lock in hand.
CREATE INDEX appointments_open_of_patient ON appointments (patient_id, starts_at)
  WHERE status IN ('scheduled', 'confirmed');
CREATE INDEX appointments_open_of_psychologist ON appointments (psychologist_id, starts_at)
  WHERE status IN ('scheduled', 'confirmed');
