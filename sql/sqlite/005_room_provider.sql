-- Whose room it is, of the video providers: each room has one, and keeps it. Those of before are
-- Twilio's.
ALTER TABLE rooms ADD COLUMN provider TEXT NOT NULL DEFAULT 'twilio';
