-- One import run. Rows that can only be new incidents are written at once; those in doubt are staged and then merged by
-- the statements below, each of which works on all staged rows. src/store/run.c calls them in order; enum identity
-- (store.h) says what they must come to.

-- run_add: begins a run, with totals still at zero
INSERT INTO run (source, identity, profile, files, started_s)
VALUES (:source, :identity, :profile, :files, :started_s)
RETURNING id;

-- run_totals_set: what came of it
UPDATE run SET rows_read = :rows_read, imported = :imported, unchanged = :unchanged, revised = :revised,
    rejected = :rejected, merged = :merged, withdrawn = :withdrawn, without_point = :without_point,
    outcomes_revised = :outcomes_revised
WHERE id = :id;

-- source_held: does the store hold incidents of the source?
SELECT EXISTS (SELECT 1 FROM slice l WHERE l.source = :source AND EXISTS (SELECT 1 FROM incident i WHERE i.slice = l.id));

-- index_drop: a run that brings more incidents than there are makes their index anew at its end: a sort costs less than
-- finding the place of each
DROP INDEX incident_by_key;

-- index_make: as the migration has it
CREATE INDEX IF NOT EXISTS incident_by_key ON incident (slice, key);

-- category_known: is there such a category?
SELECT EXISTS (SELECT 1 FROM category WHERE id = :id);

-- outcome_known: as category_known
SELECT EXISTS (SELECT 1 FROM outcome WHERE id = :id);

-- phrase_find: a text
SELECT id FROM phrase WHERE text = :text;

-- phrase_add: makes one
INSERT INTO phrase (text) VALUES (:text) RETURNING id;

-- slice_find: a slice by its name
SELECT id FROM slice WHERE source = :source AND name = :name;

-- slice_add: makes one
INSERT INTO slice (source, name) VALUES (:source, :name) RETURNING id;

-- slice_fresh: what the run has found out about a slice
SELECT fresh, part, part_name FROM touched WHERE slice = :slice;

-- slice_held: does the store hold incidents of it?
SELECT EXISTS (SELECT 1 FROM incident WHERE slice = :slice);

-- guarded_list: by what rows of another slice would be known for the same: the key, or without one the act (kind, time and place),
-- of incidents of the source that have what protects them and were there before the run. A scan of all incidents
SELECT i.key, i.category, i.from_s, i.to_s, i.lon_e7, i.lat_e7
FROM incident i NOT INDEXED
JOIN slice l ON l.id = i.slice
JOIN category c ON c.id = i.category
WHERE l.source = :source AND i.id <= :last
    AND ((i.flags & 34) <> 0 OR i.classes <> 0 OR (i.key <> '' AND c.sensitivity < 10));

-- alike_list: by what a new incident may be one that the source told before under another key: keys that may be written in two ways
-- (src/store/alike.h), and those of incidents that have marks or classes, with their acts, where these are told to the minute and at
-- a point. Where keys stand in slices (:slices = 1), of any slice: all that have what protects them. Further kinds, and those that are
-- named besides, stand in tables of their own. A scan of all incidents
SELECT i.key, i.category, i.from_s, i.to_s, i.lon_e7, i.lat_e7,
    CASE WHEN i.precision = 0 AND i.point IN (1, 2) AND ((i.flags & 34) <> 0 OR i.classes <> 0) THEN 1 ELSE 0 END
FROM incident i NOT INDEXED
JOIN slice l ON l.id = i.slice
JOIN category c ON c.id = i.category
WHERE l.source = :source AND i.id <= :last AND i.key <> ''
    AND (((i.flags & 34) <> 0 OR i.classes <> 0) AND (:slices = 1 OR (i.precision = 0 AND i.point IN (1, 2)))
         OR i.key < '1' OR i.key LIKE '%.0' OR (i.key <> lower(i.key) AND i.key <> upper(i.key)) OR (:slices = 1 AND c.sensitivity < 10))
UNION ALL
SELECT i.key, i.category, i.from_s, i.to_s, i.lon_e7, i.lat_e7,
    CASE WHEN i.precision = 0 AND i.point IN (1, 2) THEN 1 ELSE 0 END
FROM (SELECT incident, category FROM incident_type UNION ALL SELECT incident, category FROM incident_mention) t
CROSS JOIN category c
CROSS JOIN incident i
CROSS JOIN slice l
WHERE c.id = t.category AND i.id = t.incident AND l.id = i.slice AND c.sensitivity < 10 AND l.source = :source AND i.id <= :last AND i.key <> '';

-- suspect_add: a key of a new incident that may be that of another one, written otherwise
INSERT OR IGNORE INTO suspect (slice, key) VALUES (:slice, :key);

-- suspect_all: of every new incident, where the run has lost sight of its keys
INSERT OR IGNORE INTO suspect (slice, key)
SELECT i.slice, i.key FROM incident i JOIN slice l ON l.id = i.slice WHERE l.source = :source AND i.id > :last AND i.key <> '';

-- alike_find: a new incident and another one of the source that seem to be one under two keys, and of which the guard has what
-- protects it and the bare one has not. Their keys are the same but for how they are written (src/store/alike.h has that in C), and
-- two of time, place and kind are equal; or all three are, to the minute and at a point, and the guard was there before. What the
-- bare one lacks is told as in lost_find. A scan of all incidents
WITH young AS MATERIALIZED (
    SELECT i.id, i.key, i.category, i.from_s, i.to_s, i.lon_e7, i.lat_e7,
        lower(ltrim(CASE WHEN rtrim(i.key, '0') LIKE '_%.' THEN rtrim(rtrim(i.key, '0'), '.') ELSE i.key END, '0''')) AS plain
    FROM suspect s
    JOIN incident i ON i.slice = s.slice AND i.key = s.key
    WHERE i.id > :last AND i.withdrawn IS NULL
), one AS (
    SELECT i.id, i.key, i.category, i.from_s, i.to_s, i.lon_e7, i.lat_e7,
        lower(ltrim(CASE WHEN rtrim(i.key, '0') LIKE '_%.' THEN rtrim(rtrim(i.key, '0'), '.') ELSE i.key END, '0''')) AS plain
    FROM incident i NOT INDEXED
    JOIN slice l ON l.id = i.slice
    WHERE l.source = :source AND i.key <> ''
), written AS MATERIALIZED (
    SELECT o.id AS old, y.id AS new
    FROM one o CROSS JOIN young y
    WHERE y.plain = o.plain AND y.key <> o.key
        AND (y.from_s = o.from_s AND y.to_s = o.to_s) + (y.lon_e7 = o.lon_e7 AND y.lat_e7 = o.lat_e7)
            + (y.category = o.category) >= 2
), pair AS (
    SELECT old AS guard, new AS bare FROM written
    UNION
    SELECT new, old FROM written
    UNION
    SELECT o.id, y.id
    FROM incident o NOT INDEXED CROSS JOIN young y CROSS JOIN slice l
    WHERE l.id = o.slice AND l.source = :source AND o.id <= :last AND o.precision = 0 AND o.point IN (1, 2) AND o.key <> ''
        AND y.key <> o.key AND y.category = o.category AND y.from_s = o.from_s AND y.to_s = o.to_s
        AND y.lon_e7 = o.lon_e7 AND y.lat_e7 = o.lat_e7
), besides AS (
    SELECT t.incident, sum(DISTINCT 1 << c.sensitivity) AS classes
    FROM (SELECT incident, category FROM incident_type UNION ALL SELECT incident, category FROM incident_mention) t
    JOIN category c ON c.id = t.category
    WHERE c.sensitivity BETWEEN 1 AND 9 AND t.incident IN (SELECT guard FROM pair UNION SELECT bare FROM pair)
    GROUP BY t.incident
), told AS (
    SELECT p.guard, g.key AS guard_key, b.key AS bare_key, g.flags & ~b.flags & 34 AS flags,
        g.classes & 1023 | coalesce(bg.classes, 0) AS was, w.sensitivity AS was_kind,
        CASE WHEN n.sensitivity = 0 THEN CASE WHEN w.sensitivity = 0 THEN 0 ELSE 12 END ELSE n.sensitivity END AS kind,
        b.classes | coalesce(bb.classes, 0) | CASE WHEN n.sensitivity = 0 THEN 0 ELSE 1 << n.sensitivity END
            | CASE WHEN (b.flags & 2) <> 0 THEN 16 ELSE 0 END AS now
    FROM pair p
    JOIN incident g ON g.id = p.guard
    JOIN incident b ON b.id = p.bare
    JOIN category w ON w.id = g.category
    JOIN category n ON n.id = b.category
    LEFT JOIN besides bg ON bg.incident = g.id
    LEFT JOIN besides bb ON bb.incident = b.id
    WHERE b.withdrawn IS NULL
), taken AS (
    SELECT guard, guard_key, bare_key, CASE WHEN (flags & 2) <> 0 AND (now & 16) = 0 THEN 1 ELSE 0 END AS domestic,
        (flags & 32) / 32 AS elsewhere, CASE WHEN (was & ~now) <> 0 THEN 1 ELSE 0 END AS class,
        CASE WHEN was_kind < 10 AND was_kind < kind AND (now & ((1 << (was_kind + 1)) - 1)) = 0 THEN 1 ELSE 0 END AS kind
    FROM told
)
SELECT guard_key, min(bare_key), max(domestic), max(elsewhere), max(class), max(kind)
FROM taken
WHERE domestic + elsewhere + class + kind > 0 AND guard_key NOT IN (SELECT key FROM lift) AND bare_key NOT IN (SELECT key FROM lift)
GROUP BY guard, guard_key
ORDER BY guard;

-- touched_add: notes that the run holds rows of it, from which part, and whether it was empty before
INSERT INTO touched (slice, fresh, part, part_name, keeps) VALUES (:slice, :fresh, :part, :part_name, 0);

-- rejected_slice_add: a row was rejected that may be of this slice
INSERT OR IGNORE INTO rejected_slice (name, anywhere, part) VALUES (:name, :anywhere, :part);

-- touched_keep: what no row tells of stays in slices that rejected rows may be of, or whose part has such a row of no slice that is known
-- (:share = 1: any part of the run)
UPDATE touched SET keeps = 1
WHERE slice IN (SELECT l.id FROM rejected_slice r JOIN slice l ON l.source = :source AND l.name = r.name WHERE r.anywhere = 0)
    OR EXISTS (SELECT 1 FROM rejected_slice r
               WHERE (r.part = touched.part OR :share = 1)
                   AND (r.anywhere = 1 OR r.name NOT IN (SELECT name FROM slice WHERE source = :source)));

-- incident_add: rows that are new incidents; arrival is the table that run.c lends. Columns stand in the order of the table:
-- in another one SQLite copies each value once more
INSERT INTO incident (id, slice, key, content, category, outcome, from_s, to_s, offset_s, precision, point, lon_e7,
    lat_e7, area, place, flags, added, withdrawn, classes)
SELECT id, slice, key, content, category, outcome, from_s, to_s, offset_s, precision, point, lon_e7, lat_e7, area, place,
    flags, :run, NULL, classes
FROM arrival;

-- incident_of_key: the incident that has a stable key
SELECT id, content, category, classes FROM incident WHERE slice = :slice AND key = :key;

-- stage_back: stages a row that became an incident, for another row has its key (it is the first that tells of the incident, so there is nothing
-- that it could have left as it was) ...
INSERT INTO staged (n, slice, key, content, category, outcome, from_s, to_s, offset_s, precision, point, lon_e7,
    lat_e7, area, place, flags, classes, untold, beside, row)
SELECT :n, i.slice, i.key, i.content, i.category, i.outcome, i.from_s, i.to_s, i.offset_s, i.precision, i.point,
    i.lon_e7, i.lat_e7, coalesce(a.text, ''), coalesce(p.text, ''), i.flags, i.classes, 0, 0, 0
FROM incident i LEFT JOIN phrase a ON a.id = i.area LEFT JOIN phrase p ON p.id = i.place
WHERE i.id = :id;

-- incident_take_back: ... and takes the incident away, which nothing outside this run has seen
DELETE FROM incident WHERE id = :id;

-- stage_add: stages a row that is in doubt
INSERT INTO staged (n, slice, key, content, category, outcome, from_s, to_s, offset_s, precision, point, lon_e7,
    lat_e7, area, place, flags, classes, untold, beside, row)
VALUES (:n, :slice, :key, :content, :category, :outcome, :from_s, :to_s, :offset_s, :precision, :point, :lon_e7,
    :lat_e7, :area, :place, :flags, :classes, :untold, :beside, :row);

-- kept_list: rows of keys of which something is known that protects (flags 2 and 32, and classes), in the order in which they
-- tell of it, with what was known before the run. In a slice (:slices = 1) a key may be that of several, and two files of a run
-- may tell of one slice: known is what any incident or row of the key has
WITH known AS (
    SELECT i.slice, i.key, max(i.flags & 2) | max(i.flags & 32) AS flags,
        max(i.classes & 1) | max(i.classes & 2) | max(i.classes & 4) | max(i.classes & 8) | max(i.classes & 16)
        | max(i.classes & 32) | max(i.classes & 64) | max(i.classes & 128) | max(i.classes & 256) | max(i.classes & 512)
        | max(i.classes & 1024) | max(i.classes & 2048) AS classes
    FROM (SELECT o.slice, o.key, o.flags, o.classes
          FROM (SELECT DISTINCT slice, key FROM staged WHERE untold <> 0 AND key <> '') t
          JOIN incident o ON o.slice = t.slice AND o.key = t.key
          UNION ALL
          SELECT slice, key, flags, classes FROM staged WHERE :slices = 1 AND key <> '') i
    WHERE (i.flags & 34) <> 0 OR i.classes <> 0
    GROUP BY i.slice, i.key
)
SELECT s.n, s.key, s.category, s.outcome, s.from_s, s.to_s, s.offset_s, s.precision, s.point, s.lon_e7, s.lat_e7, s.area,
    s.place, s.flags, s.classes, s.untold, row_number() OVER (PARTITION BY s.slice, s.key ORDER BY s.n), k.flags, k.classes
FROM staged s
LEFT JOIN known k ON k.slice = s.slice AND k.key = s.key
WHERE s.key <> '' AND (s.slice, s.key) IN (
    SELECT slice, key FROM known
    UNION
    SELECT slice, key FROM staged WHERE (flags & 34) <> 0 OR classes <> 0)
ORDER BY s.slice, s.key, s.n;

-- kept_add: what such a row takes over
INSERT INTO kept (n, category, flags, classes, content) VALUES (:n, :category, :flags, :classes, :content);

-- kept_settle: from here on the rows tell it themselves
UPDATE staged SET category = k.category, flags = k.flags, classes = k.classes, content = k.content
FROM kept k WHERE staged.n = k.n;

-- joint_list: stable keys of which several rows tell, and not the same of what protects (flags 2 and 32, classes, category). All
-- of it holds in each of these rows, whatever their order: the strictest category, the later of two as strict, and the classes
-- of the others where they hide anything (1 to 9; a kind that nobody has classified is asked for when it is published). An incident that an unchanged row has told (beside) is one of them. With
-- types (:types = 1) categories and classes add up anyway
WITH told AS (
    SELECT n, slice, key, flags & 34 AS flags, classes, category FROM staged WHERE key <> ''
    UNION ALL
    SELECT 0, i.slice, i.key, i.flags & 34, i.classes, i.category
    FROM staged s JOIN incident i ON i.slice = s.slice AND i.key = s.key
    WHERE s.beside = 1
), differing AS (
    SELECT slice, key
    FROM told
    GROUP BY slice, key
    HAVING min(flags) <> max(flags)
        OR (:types = 0 AND (min(classes) <> max(classes) OR min(category) <> max(category)))
), ranked AS (
    SELECT t.n, t.slice, t.key, t.flags, t.classes, t.category, c.sensitivity,
        first_value(t.category) OVER (PARTITION BY t.slice, t.key ORDER BY c.sensitivity, t.n DESC) AS strictest
    FROM told t
    JOIN differing d ON d.slice = t.slice AND d.key = t.key
    JOIN category c ON c.id = t.category
), classed AS (
    SELECT n, slice, key, flags, strictest,
        classes | CASE WHEN category <> strictest AND sensitivity BETWEEN 1 AND 9 THEN 1 << sensitivity ELSE 0 END AS classes
    FROM ranked
), joint AS (
    SELECT n, slice, key, max(flags & 2) OVER same | max(flags & 32) OVER same AS flags, strictest AS category,
        max(classes & 1) OVER same | max(classes & 2) OVER same | max(classes & 4) OVER same
        | max(classes & 8) OVER same | max(classes & 16) OVER same | max(classes & 32) OVER same
        | max(classes & 64) OVER same | max(classes & 128) OVER same | max(classes & 256) OVER same
        | max(classes & 512) OVER same | max(classes & 1024) OVER same | max(classes & 2048) OVER same AS classes
    FROM classed
    WINDOW same AS (PARTITION BY slice, key)
)
SELECT s.n, s.key, s.category, s.outcome, s.from_s, s.to_s, s.offset_s, s.precision, s.point, s.lon_e7, s.lat_e7, s.area,
    s.place, s.flags, s.classes, CASE WHEN :types = 1 THEN s.category ELSE j.category END, j.flags,
    CASE WHEN :types = 1 THEN s.classes ELSE j.classes END, row_number() OVER (PARTITION BY s.slice, s.key ORDER BY s.n)
FROM joint j JOIN staged s ON s.n = j.n
ORDER BY s.slice, s.key, s.n;

-- mention_note: a kind that a row names besides
INSERT OR IGNORE INTO mention (n, incident, category) VALUES (:n, :incident, :category);

-- mention_add: of rows that are incidents or tell nothing new of one
INSERT OR IGNORE INTO incident_mention (incident, category)
SELECT i.id, m.category FROM mention m JOIN incident i ON i.id = m.incident;

-- mention_add_staged: of rows with a verdict
INSERT OR IGNORE INTO incident_mention (incident, category)
SELECT v.incident, m.category FROM mention m JOIN verdict v ON v.n = m.n;

-- repeated_add: a row of a slice that held nothing has a key that the run has told there before
INSERT OR IGNORE INTO repeated (slice, key, category) VALUES (:slice, :key, :category);

-- repeated_first: the same for the row that told of it first and is an incident already
INSERT OR IGNORE INTO repeated (slice, key, category)
SELECT slice, key, category FROM incident WHERE id = :id;

-- repeated_find: keys that several rows have (:slices = 1), or that rows of several kinds have. An incident that an unchanged row has told
-- (beside) is one of them; where the run has lost sight of its keys (:blind = 1), also what one of its rows has become
INSERT OR IGNORE INTO repeated (slice, key, category)
WITH told AS (
    SELECT slice, key, category FROM staged WHERE key <> ''
    UNION ALL
    SELECT i.slice, i.key, i.category
    FROM staged s JOIN incident i ON i.slice = s.slice AND i.key = s.key
    WHERE s.key <> '' AND (s.beside = 1 OR (:blind = 1 AND i.id > :last))
)
SELECT slice, key, category
FROM told
WHERE (slice, key) IN (SELECT slice, key FROM told GROUP BY slice, key
                       HAVING (:slices = 1 AND count(*) > 1) OR min(category) <> max(category));

-- repeated_list: what is known of each such key: its incidents (live: 1), those that are withdrawn, and kinds that rows of it told or named
-- besides
WITH of AS (
    SELECT k.slice, k.key, i.id, i.category, i.flags, i.classes, CASE WHEN i.withdrawn IS NULL THEN 1 ELSE 0 END AS live
    FROM (SELECT DISTINCT slice, key FROM repeated) k
    JOIN incident i ON i.slice = k.slice AND i.key = k.key
    UNION ALL
    SELECT slice, key, 0, category, 0, 0, 0 FROM repeated
    UNION ALL
    SELECT k.slice, k.key, 0, m.category, 0, 0, 0
    FROM (SELECT DISTINCT slice, key FROM repeated) k
    JOIN incident i ON i.slice = k.slice AND i.key = k.key
    JOIN incident_mention m ON m.incident = i.id
)
SELECT o.id, c.sensitivity, o.flags, o.classes, o.live, row_number() OVER (PARTITION BY o.slice, o.key ORDER BY o.id)
FROM of o
JOIN category c ON c.id = o.category
ORDER BY o.slice, o.key, o.id;

-- mention_list: of kinds that are named besides, those that hide what is live
SELECT m.incident, c.sensitivity
FROM incident_mention m
JOIN category c ON c.id = m.category
JOIN incident i ON i.id = m.incident
WHERE c.sensitivity < :ordinary AND i.withdrawn IS NULL
ORDER BY m.incident;

-- act_hidden: live incidents with a key that have what hides them in their own record, with what tells whether another is the same. A scan of
-- all incidents
SELECT id, slice, key, category, flags, classes, from_s, to_s, lon_e7, lat_e7
FROM incident NOT INDEXED
WHERE withdrawn IS NULL AND key <> ''
    AND ((flags & 34) <> 0 OR classes <> 0 OR category IN (SELECT id FROM category WHERE sensitivity < :ordinary));

-- act_get: the same of one
SELECT id, slice, key, category, flags, classes, from_s, to_s, lon_e7, lat_e7
FROM incident
WHERE id = :id AND withdrawn IS NULL AND key <> '';

-- act_keys: of all incidents, from the index alone
SELECT id, slice, key FROM incident INDEXED BY incident_by_key WHERE key <> '';

-- slice_list: the source of each
SELECT id, source FROM slice ORDER BY id;

-- category_hides: kinds that hide what is of them
SELECT id, sensitivity FROM category WHERE sensitivity < :ordinary ORDER BY id;

-- incident_last: the highest id ever given; no incident that a run has committed is ever deleted
SELECT coalesce(max(id), 0) FROM incident;

-- verdict_by_key: stable keys. The last of the rows of a key settles what its incident is, and is compared with what that was
-- before the run: one of the same rows changes nothing
INSERT INTO verdict (n, incident, before, kind, fresh, settles)
SELECT c.n, coalesce(i.id, :last + c.first), c.before,
    CASE WHEN i.id IS NULL AND c.before IS NULL THEN 0
         WHEN c.after IS NULL AND i.content <> c.content THEN 2
         ELSE 1 END,
    CASE WHEN i.id IS NULL THEN 1 ELSE 0 END,
    CASE WHEN c.after IS NULL AND (i.id IS NULL OR i.content <> c.content) THEN 1 ELSE 0 END
FROM (SELECT n, slice, key, content, lag(n) OVER same AS before, lead(n) OVER same AS after, first_value(n) OVER same AS first
      FROM staged
      WHERE key <> ''
      WINDOW same AS (PARTITION BY slice, key ORDER BY n)) c
LEFT JOIN incident i ON i.slice = c.slice AND i.key = c.key;

-- held_without_key: incidents of a source with stable keys that have none, to be matched by content
INSERT INTO held (slice, key, content, rank, incident, gone)
SELECT slice, key, content, row_number() OVER (PARTITION BY slice, content ORDER BY id), id, 0
FROM incident
WHERE slice IN (SELECT slice FROM touched WHERE fresh = 0) AND key = '';

-- held_in_slices: incidents of the slices that the run replaces
INSERT INTO held (slice, key, content, rank, incident, gone)
SELECT slice, key, content,
    row_number() OVER (PARTITION BY slice, key, content ORDER BY CASE WHEN withdrawn IS NULL THEN 0 ELSE 1 END, id),
    id, CASE WHEN withdrawn IS NULL THEN 0 ELSE 1 END
FROM incident
WHERE slice IN (SELECT slice FROM touched WHERE fresh = 0);

-- held_any: is there anything to match with?
SELECT count(*) FROM (SELECT 1 FROM held LIMIT 1) h;

-- verdict_by_content: the first row of a content is the first incident of that content, and so on
INSERT INTO verdict (n, incident, before, kind, fresh, settles)
SELECT s.n, h.incident, NULL, CASE WHEN h.gone = 0 THEN 1 ELSE 2 END, 0, h.gone
FROM (SELECT n, slice, key, content, row_number() OVER (PARTITION BY slice, key, content ORDER BY n) AS rank
      FROM staged
      WHERE :keyless = 0 OR key = '') s
JOIN held h ON h.slice = s.slice AND h.key = s.key AND h.content = s.content AND h.rank = s.rank;

-- verdict_by_rest: what is left of a key within a slice is paired in an order that no download changes; live
-- incidents come before those withdrawn
INSERT INTO verdict (n, incident, before, kind, fresh, settles)
SELECT s.n, h.incident, NULL, 2, 0, 1
FROM (SELECT n, slice, key,
          row_number() OVER (PARTITION BY slice, key
                             ORDER BY category, from_s, to_s, lon_e7, lat_e7, content, n) AS rank
      FROM staged
      WHERE key <> '' AND NOT EXISTS (SELECT 1 FROM verdict v WHERE v.n = staged.n)) s
JOIN (SELECT i.id AS incident, i.slice, i.key,
          row_number() OVER (PARTITION BY i.slice, i.key
                             ORDER BY x.gone, i.category, i.from_s, i.to_s, i.lon_e7, i.lat_e7, i.content, i.id)
              AS rank
      FROM held x JOIN incident i ON i.id = x.incident
      WHERE x.key <> '' AND x.incident NOT IN (SELECT incident FROM verdict)) h
ON h.slice = s.slice AND h.key = s.key AND h.rank = s.rank;

-- verdict_by_act: in a slice that keeps what no row tells of, a row without a key is what a live incident of its time and place became: of its kind
-- (:kind = 1), or of any; the strictest (the lowest bit of what hides it) of both first, so that what it loses is seen
INSERT INTO verdict (n, incident, before, kind, fresh, settles)
WITH row AS (
    SELECT s.n, s.slice, s.category * :kind AS kind, s.from_s, s.to_s, s.lon_e7, s.lat_e7, s.content,
        s.classes | (1 << c.sensitivity) | CASE WHEN (s.flags & 2) <> 0 THEN 16 ELSE 0 END AS hides
    FROM staged s
    JOIN touched t ON t.slice = s.slice AND t.keeps = 1
    JOIN category c ON c.id = s.category
    WHERE s.key = '' AND s.n NOT IN (SELECT n FROM verdict)
), live AS (
    SELECT i.id, i.slice, i.category * :kind AS kind, i.from_s, i.to_s, i.lon_e7, i.lat_e7, i.content,
        i.classes | (1 << c.sensitivity) | CASE WHEN (i.flags & 2) <> 0 THEN 16 ELSE 0 END AS hides
    FROM held h
    JOIN touched t ON t.slice = h.slice AND t.keeps = 1
    JOIN incident i ON i.id = h.incident
    JOIN category c ON c.id = i.category
    WHERE h.gone = 0 AND h.key = '' AND h.incident NOT IN (SELECT incident FROM verdict)
)
SELECT r.n, l.id, NULL, 2, 0, 1
FROM (SELECT n, slice, kind, from_s, to_s, lon_e7, lat_e7,
          row_number() OVER (PARTITION BY slice, kind, from_s, to_s, lon_e7, lat_e7
                             ORDER BY hides & -hides, content, n) AS rank
      FROM row) r
JOIN (SELECT id, slice, kind, from_s, to_s, lon_e7, lat_e7,
          row_number() OVER (PARTITION BY slice, kind, from_s, to_s, lon_e7, lat_e7
                             ORDER BY hides & -hides, content, id) AS rank
      FROM live) l
ON l.slice = r.slice AND l.kind = r.kind AND l.from_s = r.from_s AND l.to_s = r.to_s AND l.lon_e7 = r.lon_e7
    AND l.lat_e7 = r.lat_e7 AND l.rank = r.rank;

-- verdict_new: rows that nothing was found for are new incidents
INSERT INTO verdict (n, incident, before, kind, fresh, settles)
SELECT s.n, :last + s.n, NULL, 0, 1, 1
FROM staged s
WHERE NOT EXISTS (SELECT 1 FROM verdict v WHERE v.n = s.n);

-- verdict_fresh: does a staged row bring a new incident, or one back?
SELECT EXISTS (SELECT 1 FROM verdict v LEFT JOIN incident b ON b.id = v.incident AND b.withdrawn IS NOT NULL
               WHERE v.fresh = 1 OR b.id IS NOT NULL);

-- extra_find: the first row of each category that is not the incident's own and not known yet; the own category of a
-- new incident is that of its first row
INSERT INTO extra (n, incident, category)
SELECT f.n, v.incident, f.category
FROM (SELECT min(n) AS n, category FROM staged WHERE key <> '' GROUP BY key, category) f
JOIN verdict v ON v.n = f.n
LEFT JOIN incident i ON i.id = v.incident
LEFT JOIN incident_type t ON t.incident = v.incident AND t.category = f.category
WHERE t.incident IS NULL AND (i.id IS NULL OR i.category <> f.category) AND (v.fresh = 0 OR v.before IS NOT NULL);

-- extra_verdict: such a row tells something new, even if all else in it is known
UPDATE verdict SET kind = CASE WHEN fresh = 1 THEN 0 ELSE 2 END
WHERE kind = 1 AND n IN (SELECT n FROM extra);

-- classes_join: with types, each row of a key adds its classes to those of the incident and of the rows before it
UPDATE staged SET classes = u.classes
FROM (SELECT s.n, coalesce(i.classes, 0) | max(s.classes & 1) OVER same | max(s.classes & 2) OVER same
          | max(s.classes & 4) OVER same | max(s.classes & 8) OVER same | max(s.classes & 16) OVER same
          | max(s.classes & 32) OVER same | max(s.classes & 64) OVER same | max(s.classes & 128) OVER same
          | max(s.classes & 256) OVER same | max(s.classes & 512) OVER same | max(s.classes & 1024) OVER same
          | max(s.classes & 2048) OVER same AS classes
      FROM staged s LEFT JOIN incident i ON i.slice = s.slice AND i.key = s.key
      WHERE s.key <> ''
      WINDOW same AS (PARTITION BY s.slice, s.key ORDER BY s.n)) u
WHERE staged.n = u.n;

-- classes_verdict: a row that adds one tells something new, as extra_verdict has it ...
UPDATE verdict SET kind = CASE WHEN fresh = 1 THEN 0 ELSE 2 END
WHERE kind = 1
    AND n IN (SELECT v.n
              FROM verdict v
              JOIN staged s ON s.n = v.n
              LEFT JOIN staged b ON b.n = v.before
              LEFT JOIN incident i ON i.id = v.incident
              WHERE s.classes <> coalesce(b.classes, i.classes, s.classes));

-- classes_settle: ... and the last row of the incident holds them all
UPDATE verdict SET settles = 1
WHERE settles = 0 AND fresh = 0 AND n IN (SELECT max(n) FROM verdict GROUP BY incident)
    AND EXISTS (SELECT 1 FROM staged s JOIN incident i ON i.id = verdict.incident
                WHERE s.n = verdict.n AND s.classes <> i.classes);

-- several_count: stable keys whose rows tell different things in one run, and of these the ones that are of several days, and of several kinds or
-- places. An incident that an unchanged row has told (beside) is one of them
SELECT count(*), coalesce(sum(days * acts), 0)
FROM (SELECT CASE WHEN min(from_s + offset_s) / 86400 <> max(from_s + offset_s) / 86400 THEN 1 ELSE 0 END AS days,
          CASE WHEN min(category) <> max(category) OR min(lon_e7) <> max(lon_e7) OR min(lat_e7) <> max(lat_e7)
               THEN 1 ELSE 0 END AS acts
      FROM (SELECT slice, key, content, from_s, offset_s, category, lon_e7, lat_e7 FROM staged WHERE key <> ''
            UNION ALL
            SELECT i.slice, i.key, i.content, i.from_s, i.offset_s, i.category, i.lon_e7, i.lat_e7
            FROM staged s JOIN incident i ON i.slice = s.slice AND i.key = s.key
            WHERE s.beside = 1) t
      GROUP BY slice, key
      HAVING min(content) <> max(content)) k;

-- verdict_totals: how many rows came to what, and how many joined an earlier one
SELECT kind, count(*), count(before) FROM verdict GROUP BY kind;

-- gone_find: what the slices held and the run does not, but for slices that keep it
INSERT INTO gone (incident)
SELECT incident
FROM held
WHERE gone = 0 AND incident NOT IN (SELECT incident FROM verdict) AND slice NOT IN (SELECT slice FROM touched WHERE keeps = 1);

-- stay_count: how many these keep
SELECT count(*)
FROM held
WHERE gone = 0 AND incident NOT IN (SELECT incident FROM verdict) AND slice IN (SELECT slice FROM touched WHERE keeps = 1);

-- gone_earlier_find: incidents that an earlier run withdrew and that no run has told anew since, neither by a new incident nor by
-- one that came back: with marks or classes by their act (kind, time and place); and all that were
-- sensitive by whatever act of their time and place, one for each. What was told since, was held against them then. Since a run, so many more
-- were withdrawn than told (more); of those that it withdrew so many are left as raise that number, the strictest
INSERT INTO gone_earlier (incident, by_act, by_place)
WITH lost AS MATERIALIZED (
    SELECT i.id, i.slice, i.category, i.from_s, i.to_s, i.lon_e7, i.lat_e7, i.withdrawn, c.sensitivity,
        CASE WHEN (i.flags & 34) <> 0 OR i.classes <> 0 THEN 1 ELSE 0 END AS marked
    FROM held h
    JOIN incident i ON i.id = h.incident
    JOIN category c ON c.id = i.category
    WHERE h.gone = 1 AND ((i.flags & 34) <> 0 OR i.classes <> 0 OR c.sensitivity < 10)
        AND i.id NOT IN (SELECT incident FROM verdict)
), near AS MATERIALIZED (
    SELECT o.id, o.slice, o.category, o.from_s, o.to_s, o.lon_e7, o.lat_e7, o.added,
        CASE WHEN o.id IN (SELECT incident FROM verdict) THEN o.withdrawn END AS back,
        CASE WHEN (o.flags & 34) <> 0 OR o.classes <> 0 OR c.sensitivity < 10 THEN 1 ELSE 0 END AS counts
    FROM incident o
    JOIN category c ON c.id = o.category
    WHERE o.slice IN (SELECT slice FROM lost)
        AND (o.slice, o.from_s, o.to_s, o.lon_e7, o.lat_e7) IN (SELECT slice, from_s, to_s, lon_e7, lat_e7 FROM lost)
), event AS MATERIALIZED (
    SELECT slice, category, from_s, to_s, lon_e7, lat_e7, run, sum(n) AS n, count(CASE WHEN n < 0 THEN 1 END) AS told
    FROM (SELECT slice, category, from_s, to_s, lon_e7, lat_e7, added AS run, -1 AS n FROM near
          UNION ALL
          SELECT o.slice, o.category, o.from_s, o.to_s, o.lon_e7, o.lat_e7, r.run,
              CASE WHEN r.now = 'no' THEN -1 WHEN r.run = o.back THEN 0 ELSE o.counts END
          FROM near o JOIN revision r ON r.incident = o.id AND r.field = 'withdrawn') e
    GROUP BY slice, category, from_s, to_s, lon_e7, lat_e7, run
), since AS MATERIALIZED ( -- of all that are alike, once
    SELECT l.slice, l.category, l.from_s, l.to_s, l.lon_e7, l.lat_e7, l.withdrawn, sum(e.n) AS more,
        coalesce(sum(CASE WHEN e.category = l.category THEN e.told END), 0) AS acts
    FROM (SELECT DISTINCT slice, category, from_s, to_s, lon_e7, lat_e7, withdrawn FROM lost) l
    LEFT JOIN event e ON e.slice = l.slice AND e.from_s = l.from_s AND e.to_s = l.to_s AND e.lon_e7 = l.lon_e7
        AND e.lat_e7 = l.lat_e7 AND e.run >= l.withdrawn
    GROUP BY l.slice, l.category, l.from_s, l.to_s, l.lon_e7, l.lat_e7, l.withdrawn
), ranked AS (
    SELECT l.id, l.marked, s.acts, s.more,
        row_number() OVER (PARTITION BY l.slice, l.from_s, l.to_s, l.lon_e7, l.lat_e7, l.withdrawn
                           ORDER BY l.sensitivity, l.id) AS rank,
        max(s.more) OVER (PARTITION BY l.slice, l.from_s, l.to_s, l.lon_e7, l.lat_e7
                          ORDER BY l.withdrawn DESC RANGE BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS later
    FROM lost l
    JOIN since s ON s.slice = l.slice AND s.category = l.category AND s.from_s = l.from_s AND s.to_s = l.to_s
        AND s.lon_e7 = l.lon_e7 AND s.lat_e7 = l.lat_e7 AND s.withdrawn = l.withdrawn
), verdicts AS (
    SELECT id, CASE WHEN marked = 1 AND acts = 0 THEN 1 ELSE 0 END AS by_act,
        CASE WHEN rank <= more - max(coalesce(later, 0), 0) THEN 1 ELSE 0 END AS by_place
    FROM ranked
)
SELECT id, by_act, by_place FROM verdicts WHERE by_act + by_place > 0;

-- apart_find: incidents that have what protects them, and rows of incidents that are new in another slice of the source, or come back
-- there, and seem to tell of them. These have the same key, and two of time, place and kind are the same (a number that each slice counts anew meets others
-- by chance); or neither has a key, and all three are. A scan of all incidents
INSERT INTO apart (incident, n)
WITH new AS MATERIALIZED (
    SELECT s.n, s.slice, s.key, s.category, s.from_s, s.to_s, s.lon_e7, s.lat_e7
    FROM staged s
    JOIN verdict v ON v.n = s.n
    LEFT JOIN incident b ON b.id = v.incident AND b.withdrawn IS NOT NULL
    WHERE v.fresh = 1 OR b.id IS NOT NULL
), guarded AS (
    SELECT i.id, i.slice, i.key, i.category, i.from_s, i.to_s, i.lon_e7, i.lat_e7
    FROM incident i NOT INDEXED
    JOIN slice l ON l.id = i.slice
    JOIN category c ON c.id = i.category
    WHERE l.source = :source AND i.id <= :last
        AND ((i.flags & 34) <> 0 OR i.classes <> 0 OR (i.key <> '' AND c.sensitivity < 10))
)
SELECT g.id, s.n
FROM guarded g CROSS JOIN new s
WHERE g.key <> '' AND s.key = g.key AND s.slice <> g.slice
    AND (s.from_s = g.from_s AND s.to_s = g.to_s)
        + (s.lon_e7 = g.lon_e7 AND s.lat_e7 = g.lat_e7
           AND (g.lon_e7 <> 0 OR g.lat_e7 <> 0 OR (s.from_s = g.from_s AND s.to_s = g.to_s)))
        + (s.category = g.category) >= 2
UNION ALL
SELECT g.id, s.n
FROM guarded g CROSS JOIN new s
WHERE g.key = '' AND s.key = '' AND s.slice <> g.slice AND s.category = g.category AND s.from_s = g.from_s
    AND s.to_s = g.to_s AND s.lon_e7 = g.lon_e7 AND s.lat_e7 = g.lat_e7;

-- gone_untold: incidents without a key that no row tells of, though they have what protects and rows of their slice do
-- not tell it, so that one of these rows may be theirs. They may have gone before (half of a file is enough), unless a run that came then
-- or later has told the same anew
SELECT l.name, count(*)
FROM held h
JOIN incident i ON i.id = h.incident
JOIN slice l ON l.id = i.slice
JOIN (SELECT slice, max(untold & 2) | max(untold & 32) AS flags, max(untold & 65536) AS classes
      FROM staged
      WHERE key = ''
      GROUP BY slice) u ON u.slice = i.slice
LEFT JOIN (SELECT slice, category, from_s, to_s, lon_e7, lat_e7, max(added) AS added
           FROM incident
           WHERE slice IN (SELECT slice FROM touched WHERE fresh = 0) AND key = '' AND withdrawn IS NULL
           GROUP BY slice, category, from_s, to_s, lon_e7, lat_e7) a
    ON a.slice = i.slice AND a.category = i.category AND a.from_s = i.from_s AND a.to_s = i.to_s
    AND a.lon_e7 = i.lon_e7 AND a.lat_e7 = i.lat_e7
WHERE i.key = '' AND ((i.flags & u.flags) <> 0 OR (i.classes <> 0 AND u.classes <> 0))
    AND NOT EXISTS (SELECT 1 FROM verdict v WHERE v.incident = i.id)
    AND (i.withdrawn IS NULL OR coalesce(a.added, 0) < i.withdrawn)
GROUP BY l.name
ORDER BY l.name;

-- verdict_untold: what the rows of a new incident, none of them, tell (flags 2 and 32, 65536 for classes, 131072 for the column
-- that tells these)
SELECT coalesce(max(u.domestic) | max(u.elsewhere) | max(u.classes) | max(u.file), 0)
FROM (SELECT min(s.untold & 2) AS domestic, min(s.untold & 32) AS elsewhere, min(s.untold & 65536) AS classes,
          min(s.untold & 131072) AS file
      FROM verdict v JOIN staged s ON s.n = v.n
      WHERE v.fresh = 1
      GROUP BY v.incident) u;

-- source_tells: has an incident of the source any of these flags, or has it told codes or descriptions (:classes = 1)? The flags,
-- or 65536
SELECT coalesce((SELECT i.flags & :flags
                 FROM slice l JOIN incident i ON i.slice = l.id
                 WHERE l.source = :source AND (i.flags & :flags) <> 0
                 LIMIT 1), 0)
    | (SELECT CASE WHEN :classes = 1 THEN tells ELSE 0 END FROM source WHERE id = :source);

-- source_tells_set: from here on it has told them
UPDATE source SET tells = tells | :tells WHERE id = :source;

-- lost_find: stored incidents from which this run takes what protected them, and the row that does: the mark
-- "domestic" (flag 2), "elsewhere" (flag 32), a class of the record, or they get a kind that is less strict. A class that the
-- new kind or the mark has is not lost; a kind that nobody has classified (0) takes none over from one that somebody has. Where no
-- row tells of it: an incident that is gone, now or before, while a new one, or one that comes back, tells of the same kind, time
-- and place; and where no key says otherwise (one of the two has none), one of whatever kind that is less strict, unless as
-- many of that time and place are told as strict as were (strict: the lowest bit of all that hides it; a kind that nobody has
-- classified is strict for one like it alone), and so with "elsewhere". And a row of another slice may tell of it (apart)
INSERT INTO lost (incident, row, domestic, elsewhere, class, kind)
WITH absent AS MATERIALIZED (
    SELECT incident FROM gone UNION ALL SELECT incident FROM gone_earlier WHERE by_act = 1
), away AS MATERIALIZED (
    SELECT i.id, i.slice, i.category, i.from_s, i.to_s, i.lon_e7, i.lat_e7
    FROM absent g
    JOIN incident i ON i.id = g.incident
    WHERE (i.flags & 34) <> 0 OR i.classes <> 0
), told AS MATERIALIZED (
    SELECT s.slice, s.category, s.from_s, s.to_s, s.lon_e7, s.lat_e7, s.flags & 34 AS flags, s.classes, min(s.row) AS row
    FROM staged s
    JOIN verdict v ON v.n = s.n
    LEFT JOIN incident b ON b.id = v.incident AND b.withdrawn IS NOT NULL
    WHERE s.slice IN (SELECT slice FROM away) AND (v.fresh = 1 OR b.id IS NOT NULL)
    GROUP BY s.slice, s.category, s.from_s, s.to_s, s.lon_e7, s.lat_e7, s.flags & 34, s.classes
), pair AS (
    SELECT v.incident, s.row, s.category, s.flags,
        s.classes | CASE WHEN :types = 1 THEN i.classes ELSE 0 END AS classes
    FROM verdict v JOIN staged s ON s.n = v.n JOIN incident i ON i.id = v.incident
    WHERE v.fresh = 0 AND v.settles = 1
    UNION ALL
    SELECT a.id, t.row, t.category, t.flags, t.classes
    FROM away a
    JOIN told t ON t.slice = a.slice AND t.category = a.category AND t.from_s = a.from_s AND t.to_s = a.to_s
        AND t.lon_e7 = a.lon_e7 AND t.lat_e7 = a.lat_e7
    UNION ALL
    SELECT a.incident, s.row, s.category, s.flags, s.classes FROM apart a JOIN staged s ON s.n = a.n
), side AS (
    SELECT p.incident, p.row, i.flags & ~p.flags & 34 AS flags, i.classes & 1023 AS was, w.sensitivity AS was_kind,
        CASE WHEN n.sensitivity = 0 THEN CASE WHEN w.sensitivity = 0 THEN 0 ELSE 12 END ELSE n.sensitivity END AS kind,
        p.classes | CASE WHEN n.sensitivity = 0 THEN 0 ELSE 1 << n.sensitivity END | CASE WHEN (p.flags & 2) <> 0 THEN 16 ELSE 0 END AS now
    FROM pair p
    JOIN incident i ON i.id = p.incident
    JOIN category w ON w.id = i.category
    JOIN category n ON n.id = CASE WHEN :types = 1 THEN i.category ELSE p.category END
), away_all AS MATERIALIZED (
    SELECT i.id, i.slice, i.from_s, i.to_s, i.lon_e7, i.lat_e7, (i.flags & 32) / 32 AS elsewhere, c.sensitivity,
        CASE WHEN i.key = '' THEN 1 ELSE 0 END AS keyless,
        i.classes | (1 << c.sensitivity) | CASE WHEN (i.flags & 2) <> 0 THEN 16 ELSE 0 END AS hides
    FROM (SELECT incident FROM gone UNION ALL SELECT incident FROM gone_earlier WHERE by_place = 1) g
    JOIN incident i ON i.id = g.incident
    JOIN category c ON c.id = i.category
), sides AS (
    SELECT id, slice, from_s, to_s, lon_e7, lat_e7, NULL AS row, 1 AS was, elsewhere, sensitivity, keyless, hides FROM away_all
    UNION ALL
    SELECT 0, s.slice, s.from_s, s.to_s, s.lon_e7, s.lat_e7, s.row, 0, (s.flags & 32) / 32, c.sensitivity,
        CASE WHEN s.key = '' THEN 1 ELSE 0 END,
        s.classes | (1 << c.sensitivity) | CASE WHEN (s.flags & 2) <> 0 THEN 16 ELSE 0 END
    FROM staged s
    JOIN verdict v ON v.n = s.n
    JOIN category c ON c.id = s.category
    LEFT JOIN incident b ON b.id = v.incident AND b.withdrawn IS NOT NULL
    WHERE s.slice IN (SELECT slice FROM away_all) AND (v.fresh = 1 OR b.id IS NOT NULL)
), settled AS (
    SELECT id, slice, from_s, to_s, lon_e7, lat_e7, row, was, elsewhere, keyless,
        CASE WHEN was = 0 AND sensitivity = 0
                AND row_number() OVER (PARTITION BY slice, from_s, to_s, lon_e7, lat_e7, was, sensitivity
                                       ORDER BY CASE WHEN hides = 1 THEN 4096 ELSE hides & -2 & -(hides & -2) END DESC, row)
                    > sum(CASE WHEN was = 1 AND sensitivity = 0 THEN 1 ELSE 0 END)
                        OVER (PARTITION BY slice, from_s, to_s, lon_e7, lat_e7)
             THEN hides & -2 | 4096
             ELSE hides END AS hides
    FROM sides
), in_order AS (
    SELECT id, was, elsewhere, keyless, hides & -hides AS strict,
        sum(1 - 2 * was) OVER (PARTITION BY slice, from_s, to_s, lon_e7, lat_e7
                               ORDER BY hides & -hides, was, id ROWS UNBOUNDED PRECEDING) AS balance,
        sum((1 - 2 * was) * elsewhere) OVER (PARTITION BY slice, from_s, to_s, lon_e7, lat_e7
                                             ORDER BY was, id ROWS UNBOUNDED PRECEDING) AS balance_elsewhere,
        sum((1 - was) * (1 - elsewhere)) OVER (PARTITION BY slice, from_s, to_s, lon_e7, lat_e7) AS here,
        sum((1 - was) * (1 - elsewhere) * keyless) OVER (PARTITION BY slice, from_s, to_s, lon_e7, lat_e7) AS here_keyless,
        first_value(row) OVER (PARTITION BY slice, from_s, to_s, lon_e7, lat_e7 ORDER BY was, hides & -hides DESC, row) AS row,
        max(CASE WHEN was = 0 THEN hides & -hides ELSE 0 END) OVER (PARTITION BY slice, from_s, to_s, lon_e7, lat_e7) AS laxest,
        max(CASE WHEN was = 0 AND keyless = 1 THEN hides & -hides ELSE 0 END)
            OVER (PARTITION BY slice, from_s, to_s, lon_e7, lat_e7) AS laxest_keyless
    FROM settled
), taken AS (
    SELECT incident, row, CASE WHEN (flags & 2) <> 0 AND (now & 16) = 0 THEN 1 ELSE 0 END AS domestic, (flags & 32) / 32 AS elsewhere,
        CASE WHEN (was & ~now) <> 0 THEN 1 ELSE 0 END AS class,
        CASE WHEN was_kind < 10 AND was_kind < kind AND (now & ((1 << (was_kind + 1)) - 1)) = 0 THEN 1 ELSE 0 END AS kind
    FROM side
    UNION ALL
    SELECT id, row, 0,
        CASE WHEN elsewhere = 1 AND balance_elsewhere < 0 AND CASE WHEN keyless = 1 THEN here ELSE here_keyless END > 0 THEN 1 ELSE 0 END,
        0,
        CASE WHEN strict < 1024 AND balance < 0 AND CASE WHEN keyless = 1 THEN laxest ELSE laxest_keyless END > strict THEN 1 ELSE 0 END
    FROM in_order
    WHERE was = 1
)
SELECT incident, min(row), max(domestic), max(elsewhere), max(class), max(kind)
FROM taken
WHERE domestic + elsewhere + class + kind > 0
GROUP BY incident;

-- lost_sum: how many incidents; of those how many lose each
SELECT count(*), coalesce(sum(domestic), 0), coalesce(sum(elsewhere), 0), coalesce(sum(class), 0), coalesce(sum(kind), 0)
FROM lost;

-- lost_list: each of them, in the order of the rows
SELECT l.row, i.key, l.domestic, l.elsewhere, l.class, l.kind
FROM lost l JOIN incident i ON i.id = l.incident
ORDER BY l.row, l.incident
LIMIT :most;

-- lift_add: a key whose incident may lose what protected it
INSERT INTO lift (key) VALUES (:key) ON CONFLICT (key) DO NOTHING;

-- lost_unnamed: incidents that would lose it and must not
SELECT count(*) FROM lost l JOIN incident i ON i.id = l.incident WHERE i.key = '' OR i.key NOT IN (SELECT key FROM lift);

-- lost_keep: what they have holds in each row of their key from here on, as joint_list joins it
UPDATE staged SET beside = 1
WHERE key <> '' AND (slice, key) IN (
    SELECT i.slice, i.key FROM lost l JOIN incident i ON i.id = l.incident WHERE i.key NOT IN (SELECT key FROM lift));

-- renumbered: stored incidents that rows of this run tell of by their key, and how many of them would be of another time, place and
-- kind, or of two of these
SELECT count(*), coalesce(sum(CASE WHEN (i.from_s <> s.from_s) + (i.lon_e7 <> s.lon_e7 OR i.lat_e7 <> s.lat_e7)
    + (i.category <> s.category) >= 2 THEN 1 ELSE 0 END), 0)
FROM verdict v JOIN staged s ON s.n = v.n JOIN incident i ON i.id = v.incident
WHERE v.fresh = 0 AND v.settles = 1 AND s.key <> '';

-- part_add: a part begins with this row
INSERT OR IGNORE INTO part (n) VALUES (:n);

-- renumbered_within: the same of rows of one key that stand in several parts of the run, each beside the row of its key before it
SELECT count(*), coalesce(sum(CASE WHEN (from_s <> from_before) + (lon_e7 <> lon_before OR lat_e7 <> lat_before)
    + (category <> category_before) >= 2 THEN 1 ELSE 0 END), 0)
FROM (SELECT n, from_s, lon_e7, lat_e7, category, lag(n) OVER same AS before, lag(from_s) OVER same AS from_before,
          lag(lon_e7) OVER same AS lon_before, lag(lat_e7) OVER same AS lat_before, lag(category) OVER same AS category_before
      FROM staged
      WHERE key <> ''
      WINDOW same AS (PARTITION BY slice, key ORDER BY n)) s
WHERE before < (SELECT max(p.n) FROM part p WHERE p.n <= s.n);

-- unread_list: keys of the source of which a row was rejected
SELECT u.slice, u.key FROM slice l CROSS JOIN unread u WHERE l.source = :source AND u.slice = l.id;

-- unread_row_add: a rejected row may have this key
INSERT OR IGNORE INTO unread_row (slice, anywhere, key) VALUES (:slice, :anywhere, :key);

-- read_row_add: a row of such a key was read
INSERT OR IGNORE INTO read_row (slice, key) VALUES (:slice, :key);

-- unread_settle: from here on they are as they tell ...
DELETE FROM unread WHERE (slice, key) IN (SELECT slice, key FROM read_row);

-- unread_row_list: those keys with their slices; 0: any, also where the source has none of that name
SELECT coalesce(l.id, 0), u.key FROM unread_row u LEFT JOIN slice l ON l.source = :source AND u.anywhere = 0 AND l.name = u.slice;

-- incident_key_list: keys of the source's incidents; live: 1. A scan of all incidents
SELECT i.slice, i.key, CASE WHEN i.withdrawn IS NULL THEN 1 ELSE 0 END
FROM incident i NOT INDEXED
JOIN slice l ON l.id = i.slice
WHERE l.source = :source AND i.key <> '';

-- unread_add: ... unless another row of theirs was rejected
INSERT OR IGNORE INTO unread (slice, key) VALUES (:slice, :key);

-- unread_incident_list: live incidents of a key of which a row was rejected
SELECT i.id FROM unread u CROSS JOIN incident i WHERE i.slice = u.slice AND i.key = u.key AND i.withdrawn IS NULL ORDER BY i.id;

-- gone_count: how many those are
SELECT count(*) FROM gone;

-- phrase_fill: texts of the rows that will be written
INSERT INTO phrase (text)
SELECT s.place FROM verdict v JOIN staged s ON s.n = v.n WHERE v.settles = 1 AND s.place <> ''
UNION
SELECT s.area FROM verdict v JOIN staged s ON s.n = v.n WHERE v.settles = 1 AND s.area <> ''
ON CONFLICT (text) DO NOTHING;

-- change_find: what the run revises
INSERT INTO change
SELECT v.n, v.incident, CASE WHEN i.withdrawn IS NULL THEN 0 ELSE 1 END,
    i.category, CASE WHEN :types = 1 THEN i.category ELSE s.category END,
    i.outcome, s.outcome, i.from_s, s.from_s, i.to_s, s.to_s, i.offset_s, s.offset_s, i.precision, s.precision,
    i.point, s.point, i.lon_e7, s.lon_e7, i.lat_e7, s.lat_e7, coalesce(a.text, ''), s.area, coalesce(p.text, ''),
    s.place, i.flags, s.flags, i.classes, CASE WHEN :types = 1 THEN i.classes | s.classes ELSE s.classes END
FROM verdict v
JOIN staged s ON s.n = v.n
JOIN incident i ON i.id = v.incident
LEFT JOIN phrase a ON a.id = i.area
LEFT JOIN phrase p ON p.id = i.place
WHERE v.fresh = 0 AND v.settles = 1;

-- change_outcomes: how many of them changed the outcome
SELECT count(*) FROM change WHERE coalesce(was_outcome, 0) <> coalesce(now_outcome, 0);

-- incident_add_staged: new incidents. With types (:types = 1) the category is that of the first row, whose number is
-- in the id
INSERT INTO incident (id, slice, key, content, category, outcome, from_s, to_s, offset_s, precision, point, lon_e7,
    lat_e7, area, place, flags, classes, added, withdrawn)
SELECT v.incident, s.slice, s.key, s.content,
    CASE WHEN :types = 1 THEN (SELECT f.category FROM staged f WHERE f.n = v.incident - :last) ELSE s.category END,
    s.outcome, s.from_s, s.to_s, s.offset_s, s.precision, s.point, s.lon_e7, s.lat_e7, a.id, p.id, s.flags, s.classes,
    :run, NULL
FROM verdict v
JOIN staged s ON s.n = v.n
LEFT JOIN phrase a ON a.text = s.area
LEFT JOIN phrase p ON p.text = s.place
WHERE v.fresh = 1 AND v.settles = 1
ORDER BY v.n;

-- incident_revise: incidents that were there, as their last row tells them
UPDATE incident SET content = s.content, category = CASE WHEN :types = 1 THEN incident.category ELSE s.category END,
    outcome = s.outcome, from_s = s.from_s, to_s = s.to_s, offset_s = s.offset_s, precision = s.precision,
    point = s.point, lon_e7 = s.lon_e7, lat_e7 = s.lat_e7, area = a.id, place = p.id, flags = s.flags,
    classes = CASE WHEN :types = 1 THEN incident.classes | s.classes ELSE s.classes END, withdrawn = NULL
FROM verdict v
JOIN staged s ON s.n = v.n
LEFT JOIN phrase a ON a.text = s.area
LEFT JOIN phrase p ON p.text = s.place
WHERE incident.id = v.incident AND v.fresh = 0 AND v.settles = 1;

-- incident_withdraw: those that are gone
UPDATE incident SET withdrawn = :run WHERE id IN (SELECT incident FROM gone);

-- type_add_extra: further categories
INSERT INTO incident_type (incident, category) SELECT incident, category FROM extra;

-- revision_fill: a line of history for each field that changed
INSERT INTO revision (incident, run, field, was, now)
SELECT incident, :run, field, was, now FROM (
    SELECT n, 1 AS at, incident, 'category' AS field, w.key AS was, c.key AS now
    FROM change JOIN category w ON w.id = was_category JOIN category c ON c.id = now_category
    WHERE was_category <> now_category
    UNION ALL
    SELECT e.n, 2, e.incident, 'type', '', c.key
    FROM extra e JOIN verdict v ON v.n = e.n JOIN category c ON c.id = e.category WHERE v.kind = 2
    UNION ALL
    SELECT n, 3, incident, 'outcome', coalesce(w.key, ''), coalesce(o.key, '')
    FROM change LEFT JOIN outcome w ON w.id = was_outcome LEFT JOIN outcome o ON o.id = now_outcome
    WHERE coalesce(was_outcome, 0) <> coalesce(now_outcome, 0)
    UNION ALL
    SELECT n, 4, incident, 'from_s', CAST(was_from_s AS TEXT), CAST(now_from_s AS TEXT) FROM change
    WHERE was_from_s <> now_from_s
    UNION ALL
    SELECT n, 5, incident, 'to_s', CAST(was_to_s AS TEXT), CAST(now_to_s AS TEXT) FROM change
    WHERE was_to_s <> now_to_s
    UNION ALL
    SELECT n, 6, incident, 'offset_s', CAST(was_offset_s AS TEXT), CAST(now_offset_s AS TEXT) FROM change
    WHERE was_offset_s <> now_offset_s
    UNION ALL
    SELECT n, 7, incident, 'precision', CAST(was_precision AS TEXT), CAST(now_precision AS TEXT) FROM change
    WHERE was_precision <> now_precision
    UNION ALL
    SELECT n, 8, incident, 'point', CAST(was_point AS TEXT), CAST(now_point AS TEXT) FROM change
    WHERE was_point <> now_point
    UNION ALL
    SELECT n, 9, incident, 'lon_e7', CAST(was_lon_e7 AS TEXT), CAST(now_lon_e7 AS TEXT) FROM change
    WHERE was_lon_e7 <> now_lon_e7
    UNION ALL
    SELECT n, 10, incident, 'lat_e7', CAST(was_lat_e7 AS TEXT), CAST(now_lat_e7 AS TEXT) FROM change
    WHERE was_lat_e7 <> now_lat_e7
    UNION ALL
    SELECT n, 11, incident, 'area', was_area, now_area FROM change WHERE was_area <> now_area
    UNION ALL
    SELECT n, 12, incident, 'place', was_place, now_place FROM change WHERE was_place <> now_place
    UNION ALL
    SELECT n, 13, incident, 'flags', CAST(was_flags AS TEXT), CAST(now_flags AS TEXT) FROM change
    WHERE was_flags <> now_flags
    UNION ALL
    SELECT n, 14, incident, 'classes', CAST(was_classes AS TEXT), CAST(now_classes AS TEXT) FROM change
    WHERE was_classes <> now_classes
    UNION ALL
    SELECT n, 15, incident, 'withdrawn', 'yes', 'no' FROM change WHERE came_back = 1
    UNION ALL
    SELECT 0, 16, incident, 'withdrawn', 'no', 'yes' FROM gone
) told
ORDER BY n, at, incident;
