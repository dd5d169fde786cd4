CREATE TABLE import_numbers (
  source TEXT COLLATE "C" PRIMARY KEY CHECK (length(source) BETWEEN 1 AND 400),
  server TEXT COLLATE "C" NOT NULL,
  kind   TEXT COLLATE "C" NOT NULL CHECK (kind IN ('user', 'appointment')),
  number BIGINT NOT NULL CHECK (number > 0),
  UNIQUE (kind, number)
);
