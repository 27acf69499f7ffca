-- What of that which protects the records of a source have told by a column of their own: 65536 for a code or a description
-- (UNTOLD_CLASSES). That an incident has classes does not say so: an outcome or another row gives it some, too.
ALTER TABLE source ADD COLUMN tells INTEGER NOT NULL DEFAULT 0;
UPDATE source SET tells = 65536
WHERE EXISTS (SELECT 1 FROM slice l JOIN incident i ON i.slice = l.id WHERE l.source = source.id AND i.classes <> 0);
