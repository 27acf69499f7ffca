-- Keys that several rows had at once, within the slice that a file holds as a whole, or, where keys are stable, with several kinds;
-- and the kinds that these rows told. What hides one of them hides all incidents of the key (src/publish/facts.h), however their
-- kinds are classified later.

-- slice, key: as incident
CREATE TABLE repeated (
    slice    INTEGER NOT NULL REFERENCES slice,
    key      TEXT NOT NULL,
    category INTEGER NOT NULL REFERENCES category,
    PRIMARY KEY (slice, key, category)
) STRICT, WITHOUT ROWID;
-- identity 1: a key within its slice
INSERT INTO repeated (slice, key, category)
SELECT DISTINCT i.slice, i.key, i.category
FROM source s
JOIN slice l ON l.source = s.id
JOIN incident i ON i.slice = l.id
WHERE s.identity = 1 AND i.key <> ''
    AND (i.slice, i.key) IN (SELECT o.slice, o.key FROM incident o GROUP BY o.slice, o.key HAVING count(*) > 1);
