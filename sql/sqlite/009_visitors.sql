-- Who stands before an appointment's door (ROOMKEY_WAITING_ROOM), and whom somebody let in or
-- denied. `visitor` is a user's id in digits, or guest-<n>. Admitted is who was let into the room that
-- the appointment has now: when it gives that up, they are forgotten.
CREATE TABLE visitors (
  appointment_id INTEGER NOT NULL REFERENCES appointments (id),
  visitor        TEXT NOT NULL CHECK (visitor <> ''),
  state          TEXT NOT NULL CHECK (state IN ('waiting', 'admitted', 'denied')),
  waiting_since  INTEGER,
  last_seen      INTEGER,
  PRIMARY KEY (appointment_id, visitor)
) STRICT, WITHOUT ROWID;
