-- What the newest public release showed, what stays for a while as it was told, and what has left for ever.

-- shown_release_get: when a release was made, and of which runs
SELECT created_s, run, last FROM shown_release WHERE release = :release;

-- shown_list: the blocks of what it showed
SELECT block, ids FROM shown WHERE release = :release ORDER BY block;

-- staying_list: what turned and was told as before
SELECT incident, run FROM staying WHERE release = :release ORDER BY incident;

-- departed_count: how many left up to a release
SELECT count(*) FROM departed WHERE release <= :release;

-- departed_list: which, and whether their records say something else since they were told, or are withdrawn
SELECT d.incident, d.release, d.turned, d.passed, d.run,
    CASE WHEN i.withdrawn IS NOT NULL
           OR EXISTS (SELECT 1 FROM revision r WHERE r.incident = d.incident AND r.run > d.run AND r.field <> 'withdrawn')
         THEN 1 ELSE 0 END
FROM departed d LEFT JOIN incident i ON i.id = d.incident
WHERE d.release <= :release
ORDER BY d.incident;

-- hidden_list: what was shown before it, is not any more, and has not left
SELECT until, run, last, block, ids FROM hidden WHERE release = :release ORDER BY until, run, block;

-- hidden_forget: as shown_forget
DELETE FROM hidden WHERE release <> :release;

-- hidden_add: a block of those that one release showed last
INSERT INTO hidden (release, until, run, last, block, ids) VALUES (:release, :until, :run, :last, :block, :ids);

-- shown_forget: drops what other releases showed than this one
DELETE FROM shown WHERE release <> :release;

-- staying_forget: as shown_forget
DELETE FROM staying WHERE release <> :release;

-- shown_release_forget: as shown_forget
DELETE FROM shown_release WHERE release <> :release;

-- departed_forget: drops who left with a release that was never public
DELETE FROM departed WHERE release > :release;

-- departed_undo: as departed_forget of who turned then, or gave its place to another
UPDATE departed SET turned = CASE WHEN turned > :release THEN 0 ELSE turned END,
    passed = CASE WHEN passed > :release THEN 0 ELSE passed END
WHERE turned > :release OR passed > :release;

-- shown_release_add: a release that will be public
INSERT INTO shown_release (release, created_s, run, last) VALUES (:release, :created_s, :run, :last);

-- shown_add: a block of it
INSERT INTO shown (release, block, ids) VALUES (:release, :block, :ids);

-- staying_add: an incident that it tells as before
INSERT INTO staying (release, incident, run) VALUES (:release, :incident, :run);

-- departed_add: an incident that is told no more, or one that went along and now has turned itself
INSERT INTO departed (incident, release, turned, passed, run) VALUES (:incident, :release, :turned, :passed, :run)
ON CONFLICT (incident) DO UPDATE SET turned = excluded.turned, passed = excluded.passed;

-- run_last: the highest number of a run
SELECT coalesce(max(id), 0) FROM run;

-- withdrawn_most: what runs after one withdrew; some of it may be back
SELECT coalesce(sum(withdrawn), 0) FROM run WHERE id > :run;

-- withdrawn_list: what they withdrew and did not bring back
SELECT id, from_s, lon_e7, lat_e7, category, withdrawn, coalesce(outcome, 0), flags, slice FROM incident WHERE withdrawn > :run
ORDER BY id;

-- withdrawn_departed: those that left up to a release, were withdrawn, and gave their place to no other
SELECT i.id, i.from_s, i.lon_e7, i.lat_e7, i.category, i.withdrawn, coalesce(i.outcome, 0), i.flags, i.slice
FROM departed d JOIN incident i ON i.id = d.incident
WHERE d.release <= :release AND (d.passed = 0 OR d.passed > :release) AND i.withdrawn IS NOT NULL ORDER BY i.id;

-- said_before: what runs after one changed, as each change found it, the first of an incident last: outcomes and kinds by their
-- numbers. Nothing older is read, as in revived_since
SELECT r.incident, r.field, r.was, coalesce(o.id, 0), coalesce(c.id, 0), r.run
FROM revision r NOT INDEXED
LEFT JOIN outcome o ON r.field = 'outcome' AND o.key = r.was
LEFT JOIN category c ON r.field = 'category' AND c.key = r.was
WHERE r.id > coalesce((SELECT id FROM revision WHERE run <= :run ORDER BY id DESC LIMIT 1), 0)
    AND r.field NOT IN ('withdrawn', 'classes')
ORDER BY r.incident, r.id DESC;

-- said_most: at most how many incidents those are of
SELECT count(*) FROM revision NOT INDEXED
WHERE id > coalesce((SELECT id FROM revision WHERE run <= :run ORDER BY id DESC LIMIT 1), 0)
    AND field NOT IN ('withdrawn', 'classes');

-- revised_since: incidents and the last run after one that changed more of them than whether they are there
SELECT incident, max(run) FROM revision WHERE run > :run AND field <> 'withdrawn' GROUP BY incident;

-- revived_since: incidents that runs after one brought back under the number that they had, and the last run that did. Numbers of
-- revisions ascend with runs, so that nothing older is read
SELECT incident, max(run) FROM revision NOT INDEXED
WHERE id > coalesce((SELECT id FROM revision WHERE run <= :run ORDER BY id DESC LIMIT 1), 0)
    AND field = 'withdrawn' AND was = 'yes'
GROUP BY incident
ORDER BY incident;

-- revived_most: at most how many those are
SELECT count(*) FROM revision NOT INDEXED
WHERE id > coalesce((SELECT id FROM revision WHERE run <= :run ORDER BY id DESC LIMIT 1), 0)
    AND field = 'withdrawn' AND was = 'yes';

-- last_behind_run: the highest incident that runs up to this one brought; numbers of incidents ascend with runs, so that nothing
-- older is read
SELECT coalesce((SELECT id FROM incident WHERE added <= :run ORDER BY id DESC LIMIT 1), 0);

-- spread_list: sources with several slices
SELECT source FROM slice GROUP BY source HAVING count(*) > 1;

-- newcomer_most: how many live incidents of sources with several slices there are in a range
SELECT count(*)
FROM incident i NOT INDEXED JOIN slice l ON l.id = i.slice
WHERE i.id BETWEEN :first AND :last AND i.withdrawn IS NULL
    AND l.source IN (SELECT source FROM slice GROUP BY source HAVING count(*) > 1);

-- newcomer_list: which
SELECT i.id, l.source, i.slice, i.key, i.from_s, i.lon_e7, i.lat_e7, i.category
FROM incident i NOT INDEXED JOIN slice l ON l.id = i.slice
WHERE i.id BETWEEN :first AND :last AND i.withdrawn IS NULL
    AND l.source IN (SELECT source FROM slice GROUP BY source HAVING count(*) > 1)
ORDER BY i.id;

-- newcomer_keys: the first and the last key of those of a source
SELECT coalesce(min(i.key), ''), coalesce(max(i.key), '')
FROM incident i NOT INDEXED JOIN slice l ON l.id = i.slice
WHERE i.id > :after AND l.source = :source AND i.key <> '';

-- keyed_list: the keys of a source in a range, from their index alone
SELECT i.id, i.slice, i.key
FROM slice l JOIN incident i ON i.slice = l.id
WHERE l.source = :source AND i.key BETWEEN :first AND :last;

-- keyed_all: as keyed_list, of all
SELECT i.id, i.slice, i.key FROM slice l JOIN incident i ON i.slice = l.id WHERE l.source = :source AND i.key > '';

-- incident_slice: in which slice an incident stands
SELECT slice FROM incident WHERE id = :id;

-- incident_past: an incident, live or not, as it stands
SELECT i.id, l.source, i.category, i.outcome, i.from_s, i.to_s, i.offset_s, i.precision, i.point, i.lon_e7, i.lat_e7,
    a.text, i.flags, i.classes, i.withdrawn, i.place, i.slice
FROM incident i
JOIN slice l ON l.id = i.slice
LEFT JOIN phrase a ON a.id = i.area
WHERE i.id = :id;

-- incident_types_of: its further categories
SELECT category FROM incident_type WHERE incident = :incident ORDER BY category;

-- category_of_key: a category
SELECT id FROM category WHERE key = :key;

-- outcome_of_key: an outcome
SELECT id FROM outcome WHERE key = :key;
