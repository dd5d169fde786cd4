CREATE TABLE room_sessions (
  sid            TEXT COLLATE "C" PRIMARY KEY CHECK (length(sid) = 34),
  appointment_id BIGINT NOT NULL REFERENCES appointments (id),
  last_sequence  BIGINT NOT NULL CHECK (last_sequence >= 0)
);
CREATE INDEX room_sessions_of_appointment ON room_sessions (appointment_id);

CREATE TABLE room_events (
  session_sid     TEXT COLLATE "C" NOT NULL REFERENCES room_sessions (sid),
  sequence        BIGINT NOT NULL CHECK (sequence >= 0),
  event           TEXT COLLATE "C" NOT NULL CHECK (event IN ('room-created', 'room-ended', 'participant-connected', 'participant-disconnected')),
  at              BIGINT NOT NULL,
  participant_sid TEXT COLLATE "C" NOT NULL,
  identity        TEXT COLLATE "C" NOT NULL,
  duration        BIGINT,
  PRIMARY KEY (session_sid, sequence)
);

CREATE TABLE removals (
  appointment_id BIGINT NOT NULL REFERENCES appointments (id),
  user_id        BIGINT NOT NULL REFERENCES users (id),
  removed_at     BIGINT NOT NULL,
  PRIMARY KEY (appointment_id, user_id)
);

CREATE TABLE room_answers (
  appointment_id BIGINT PRIMARY KEY REFERENCES appointments (id),
  asked_at       BIGINT NOT NULL,
  session        TEXT COLLATE "C"
);
