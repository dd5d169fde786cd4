ALTER TABLE removals ADD COLUMN removed_by BIGINT REFERENCES users (id);
ALTER TABLE removals ADD COLUMN by_office BIGINT NOT NULL DEFAULT 1 CHECK (by_office IN (0, 1));

CREATE TABLE evictions (
  room           TEXT COLLATE "C" NOT NULL CHECK (room <> ''),
  identity       TEXT COLLATE "C" NOT NULL,
  provider       TEXT COLLATE "C" NOT NULL,
  appointment_id BIGINT NOT NULL REFERENCES appointments (id),
  failures       BIGINT NOT NULL DEFAULT 0,
  due_at         BIGINT NOT NULL,
  PRIMARY KEY (room, identity)
);

CREATE INDEX appointments_open_of_patient ON appointments (patient_id, starts_at)
  WHERE status IN ('scheduled', 'confirmed');
CREATE INDEX appointments_open_of_psychologist ON appointments (psychologist_id, starts_at)
  WHERE status IN ('scheduled', 'confirmed');
