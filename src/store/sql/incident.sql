-- Reading incidents and their history.

-- incident_list: live incidents of a range of ids in their order, texts as numbers: no join looks up what millions share
SELECT id, slice, category, outcome, from_s, to_s, offset_s, precision, point, lon_e7, lat_e7, area, place, flags,
    classes
FROM incident
WHERE id BETWEEN :first AND :last AND withdrawn IS NULL
ORDER BY id;

-- incident_texts: what incident_list leaves out of one of them
SELECT l.name, i.key, a.text, p.text
FROM incident i
LEFT JOIN slice l ON l.id = i.slice
LEFT JOIN phrase a ON a.id = i.area
LEFT JOIN phrase p ON p.id = i.place
WHERE i.id = :id;

-- incident_has_key: is there one of a source with this key, where that is for ever (so it stands in no slice)
SELECT EXISTS (SELECT 1 FROM incident i JOIN slice l ON l.id = i.slice WHERE l.source = :source AND l.name = '' AND i.key = :key);

-- slice_source_list: whose each slice is, in the order of their ids
SELECT id, source FROM slice ORDER BY id;

-- phrase_text: a text by its number
SELECT text FROM phrase WHERE id = :id;

-- phrase_last: the highest number of a text
SELECT coalesce(max(id), 0) FROM phrase;

-- incident_type_list: the further categories of incidents, in the order of their ids
SELECT incident, category FROM incident_type ORDER BY incident, category;

-- incident_counts: how many there are, and when
SELECT coalesce(sum(CASE WHEN withdrawn IS NULL THEN 1 ELSE 0 END), 0),
    count(withdrawn),
    coalesce(sum(CASE WHEN withdrawn IS NULL AND point IN (1, 2) THEN 1 ELSE 0 END), 0),
    coalesce(min(CASE WHEN withdrawn IS NULL THEN from_s END), 0),
    coalesce(max(CASE WHEN withdrawn IS NULL THEN to_s END), 0)
FROM incident;

-- history_counts: how many revisions and runs there are
SELECT (SELECT count(*) FROM revision), (SELECT count(*) FROM run);

-- revision_list: the history of an incident, oldest first
SELECT v.incident, v.run, r.started_s, v.field, v.was, v.now
FROM revision v JOIN run r ON r.id = v.run
WHERE v.incident = :incident
ORDER BY v.id;

-- run_list: runs after one, oldest first
SELECT id, source, identity, profile, files, started_s, rows_read, imported, unchanged, revised, rejected, merged,
    withdrawn, without_point, outcomes_revised
FROM run
WHERE id > :since
ORDER BY id;

-- digest_list: all that is told of live incidents, without the numbers that we gave
SELECT i.id, src.key, l.name, i.key, c.key, o.key, i.from_s, i.to_s, i.offset_s, i.precision, i.point, i.lon_e7,
    i.lat_e7, a.text, p.text, i.flags, i.classes
FROM incident i
LEFT JOIN slice l ON l.id = i.slice
LEFT JOIN source src ON src.id = l.source
LEFT JOIN category c ON c.id = i.category
LEFT JOIN outcome o ON o.id = i.outcome
LEFT JOIN phrase a ON a.id = i.area
LEFT JOIN phrase p ON p.id = i.place
WHERE i.withdrawn IS NULL
ORDER BY i.id;

-- digest_type_list: the same of further categories, each with its incident
SELECT src.key, l.name, i.key, c.key
FROM incident_type t
JOIN incident i ON i.id = t.incident
JOIN slice l ON l.id = i.slice
JOIN source src ON src.id = l.source
JOIN category c ON c.id = t.category
WHERE i.withdrawn IS NULL;
