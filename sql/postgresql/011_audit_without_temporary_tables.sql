-- What sqlite/011 mends is SQLite's alone: PostgreSQL finds the head by its id, and a word in a list
-- without a table. The number is taken, so that both engines go on with the same.
COMMENT ON TABLE audit_head IS 'The last event once more, so that a cut end shows';
