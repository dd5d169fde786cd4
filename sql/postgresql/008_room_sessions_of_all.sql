ALTER TABLE room_sessions DROP CONSTRAINT room_sessions_sid_check;
ALTER TABLE room_sessions ADD CONSTRAINT room_sessions_sid_check CHECK (length(sid) BETWEEN 1 AND 64);
