-- What a kind of incident can do to the people in it when it is told (src/model/sensitivity.h), and who says so:
-- 'profile KEY' or 'person NAME', empty while nobody has. Kinds that were there before are unclassified until somebody does.
ALTER TABLE category ADD COLUMN sensitivity INTEGER NOT NULL DEFAULT 0 CHECK (sensitivity BETWEEN 0 AND 11);
ALTER TABLE category ADD COLUMN confirmed_s INTEGER NOT NULL DEFAULT 0;
ALTER TABLE category ADD COLUMN confirmed_by TEXT NOT NULL DEFAULT '';

-- a set of further classes, a bit each, that the record itself gives away: an article of the law, a description
ALTER TABLE incident ADD COLUMN classes INTEGER NOT NULL DEFAULT 0 CHECK (classes >= 0);
