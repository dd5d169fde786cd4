-- Which number a resource of another system got (FHIR, where ids are texts and each type has its
-- own): the next import finds the same user or appointment again. A number is never given twice.
CREATE TABLE import_numbers (
  source TEXT PRIMARY KEY CHECK (length(source) BETWEEN 1 AND 400),
  server TEXT NOT NULL,
  kind   TEXT NOT NULL CHECK (kind IN ('user', 'appointment')),
  number INTEGER NOT NULL CHECK (number > 0),
  UNIQUE (kind, number)
) STRICT, WITHOUT ROWID;
