-- What the provider tells of rooms. A session of a room has a SID of its own (Twilio's RM...).
CREATE TABLE room_sessions (
  sid            TEXT PRIMARY KEY CHECK (length(sid) = 34),
  appointment_id INTEGER NOT NULL REFERENCES appointments (id),
  last_sequence  INTEGER NOT NULL CHECK (last_sequence >= 0)
) STRICT, WITHOUT ROWID;
CREATE INDEX room_sessions_of_appointment ON room_sessions (appointment_id);

-- Events of rooms and participants, each once however often it was told. Those of tracks are not
-- kept: sequences count up by one, so room_sessions.last_sequence counts them all.
CREATE TABLE room_events (
  session_sid     TEXT NOT NULL REFERENCES room_sessions (sid),
  sequence        INTEGER NOT NULL CHECK (sequence >= 0),
  event           TEXT NOT NULL CHECK (event IN ('room-created', 'room-ended', 'participant-connected', 'participant-disconnected')),
  at              INTEGER NOT NULL,
  participant_sid TEXT NOT NULL,
  identity        TEXT NOT NULL,
  duration        INTEGER,
  PRIMARY KEY (session_sid, sequence)
) STRICT, WITHOUT ROWID;

-- Who was put out of an appointment's room and not let in again.
CREATE TABLE removals (
  appointment_id INTEGER NOT NULL REFERENCES appointments (id),
  user_id        INTEGER NOT NULL REFERENCES users (id),
  removed_at     INTEGER NOT NULL,
  PRIMARY KEY (appointment_id, user_id)
) STRICT, WITHOUT ROWID;

-- What the provider answered when it was asked last, and when somebody asked: so that all workers
-- together ask no more often than they should. `session` is JSON (store/rooms.cpp).
CREATE TABLE room_answers (
  appointment_id INTEGER PRIMARY KEY REFERENCES appointments (id),
  asked_at       INTEGER NOT NULL,
  session        TEXT
) STRICT;
