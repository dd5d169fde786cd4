-- A session's SID is as long as its provider makes it (Twilio's RM and 32 digits, LiveKit's RM_ and
-- 12 letters). SQLite can't take a CHECK out of a table, so both are made anew, with the columns
-- they had: a worker of before goes on. Events of providers that don't number theirs have a
-- `sequence` made of their time, kind and id.
CREATE TABLE room_sessions_008 (
  sid            TEXT PRIMARY KEY CHECK (length(sid) BETWEEN 1 AND 64),
  appointment_id INTEGER NOT NULL REFERENCES appointments (id),
  last_sequence  INTEGER NOT NULL CHECK (last_sequence >= 0)
) STRICT, WITHOUT ROWID;
INSERT INTO room_sessions_008 SELECT sid, appointment_id, last_sequence FROM room_sessions;

CREATE TABLE room_events_008 (
  session_sid     TEXT NOT NULL REFERENCES room_sessions_008 (sid),
  sequence        INTEGER NOT NULL CHECK (sequence >= 0),
  event           TEXT NOT NULL CHECK (event IN ('room-created', 'room-ended', 'participant-connected', 'participant-disconnected')),
  at              INTEGER NOT NULL,
  participant_sid TEXT NOT NULL,
  identity        TEXT NOT NULL,
  duration        INTEGER,
  PRIMARY KEY (session_sid, sequence)
) STRICT, WITHOUT ROWID;
INSERT INTO room_events_008
  SELECT session_sid, sequence, event, at, participant_sid, identity, duration FROM room_events;

DROP TABLE room_events;
DROP TABLE room_sessions;
ALTER TABLE room_sessions_008 RENAME TO room_sessions;
ALTER TABLE room_events_008 RENAME TO room_events;
CREATE INDEX room_sessions_of_appointment ON room_sessions (appointment_id);
