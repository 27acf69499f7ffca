-- What the newest public release showed, what stays for a while as it was told, and what has left for ever.

-- shown_release_get: when a release was made, and of which runs
SELECT created_s, run, last FROM shown_release WHERE release = :release;

-- shown_list: the blocks of what it showed
SELECT block, ids FROM shown WHERE release = :release ORDER BY block;

-- staying_list: what turned and was told as before
SELECT incident, run FROM staying WHERE release = :release ORDER BY incident;

-- departed_count: how many left up to a release
SELECT count(*) FROM departed WHERE release <= :release;

-- departed_list: which
SELECT incident, release, turned FROM departed WHERE release <= :release ORDER BY incident;

-- shown_forget: drops what other releases showed than this one
DELETE FROM shown WHERE release <> :release;

-- staying_forget: as shown_forget
DELETE FROM staying WHERE release <> :release;

-- shown_release_forget: as shown_forget
DELETE FROM shown_release WHERE release <> :release;

-- departed_forget: drops who left with a release that was never public
DELETE FROM departed WHERE release > :release;

-- departed_unturn: as departed_forget of who turned then
UPDATE departed SET turned = 0 WHERE turned > :release;

-- shown_release_add: a release that will be public
INSERT INTO shown_release (release, created_s, run, last) VALUES (:release, :created_s, :run, :last);

-- shown_add: a block of it
INSERT INTO shown (release, block, ids) VALUES (:release, :block, :ids);

-- staying_add: an incident that it tells as before
INSERT INTO staying (release, incident, run) VALUES (:release, :incident, :run);

-- departed_add: an incident that is told no more, or one that went along and now has turned itself
INSERT INTO departed (incident, release, turned) VALUES (:incident, :release, :turned)
ON CONFLICT (incident) DO UPDATE SET turned = excluded.turned;

-- run_last: the highest number of a run
SELECT coalesce(max(id), 0) FROM run;

-- withdrawn_most: what runs after one withdrew; some of it may be back
SELECT coalesce(sum(withdrawn), 0) FROM run WHERE id > :run;

-- withdrawn_list: what they withdrew and did not bring back
SELECT id, from_s, lon_e7, lat_e7, category, withdrawn FROM incident WHERE withdrawn > :run ORDER BY id;

-- incident_past: an incident, live or not, as it stands
SELECT i.id, l.source, i.category, i.outcome, i.from_s, i.to_s, i.offset_s, i.precision, i.point, i.lon_e7, i.lat_e7,
    a.text, i.flags, i.classes, i.withdrawn, i.place
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
