-- Names of rooms that were given up because the appointment's people changed. Tokens for such a name
-- may still be about, so it is never given to anybody again.
CREATE TABLE former_rooms (
  name           TEXT PRIMARY KEY,
  appointment_id INTEGER NOT NULL REFERENCES appointments (id)
) STRICT, WITHOUT ROWID;
