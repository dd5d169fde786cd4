CREATE TABLE visitors (
  appointment_id BIGINT NOT NULL REFERENCES appointments (id),
  visitor        TEXT COLLATE "C" NOT NULL CHECK (visitor <> ''),
  state          TEXT COLLATE "C" NOT NULL CHECK (state IN ('waiting', 'admitted', 'denied')),
  waiting_since  BIGINT,
  last_seen      BIGINT,
  PRIMARY KEY (appointment_id, visitor)
);
