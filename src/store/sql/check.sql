-- What hromada check asks; each statement gives a line for every finding.

-- check_totals: runs whose totals do not add up
SELECT id, rows_read, imported, unchanged, revised, rejected FROM run
WHERE rows_read <> imported + unchanged + revised + rejected OR merged > imported + unchanged + revised
    OR outcomes_revised > revised
ORDER BY id;

-- check_runs: runs that brought another number of incidents than they say
SELECT r.id, r.imported, r.merged, coalesce(a.n, 0)
FROM run r LEFT JOIN (SELECT added, count(*) AS n FROM incident GROUP BY added) a ON a.added = r.id
WHERE coalesce(a.n, 0) > r.imported OR coalesce(a.n, 0) + r.merged < r.imported
ORDER BY r.id;

-- check_values: incidents with values that are not possible
SELECT id, from_s, to_s, precision, point, lon_e7, lat_e7, classes FROM incident
WHERE to_s < from_s OR from_s < :first_s OR to_s > :last_s
    OR precision NOT BETWEEN 0 AND 3 OR point NOT BETWEEN 0 AND 3
    OR lon_e7 NOT BETWEEN -1800000000 AND 1800000000 OR lat_e7 NOT BETWEEN -900000000 AND 900000000
    OR classes NOT BETWEEN 0 AND :classes OR (point IN (0, 3) AND (lon_e7 <> 0 OR lat_e7 <> 0)) OR length(content) <> 16
ORDER BY id;

-- check_keys: two incidents of a source whose key is stable
SELECT s.key, i.key, count(*)
FROM incident i JOIN slice l ON l.id = i.slice JOIN source s ON s.id = l.source
WHERE s.identity IN (0, 3) AND i.key <> ''
GROUP BY s.key, i.slice, i.key
HAVING count(*) > 1
ORDER BY s.key, i.key;

-- check_types: further categories that are the incident's own
SELECT t.incident FROM incident_type t JOIN incident i ON i.id = t.incident AND i.category = t.category
ORDER BY t.incident;

-- check_slices: slices that hold no incident and never did
SELECT l.id, l.name FROM slice l WHERE NOT EXISTS (SELECT 1 FROM incident i WHERE i.slice = l.id)
ORDER BY l.id;

-- check_history: revisions of an incident that are older than the incident
SELECT v.id, v.incident FROM revision v JOIN incident i ON i.id = v.incident WHERE v.run < i.added
ORDER BY v.id;

-- check_areas: areas without a name to find them by, or whose points are not whole
SELECT id, code FROM area
WHERE code = '' OR length(points) % 8 <> 0 OR length(ring_ends) % 4 <> 0 OR (length(points) > 0 AND length(ring_ends) = 0)
ORDER BY id;

-- check_contents: incidents of a range of ids with all that their content is a hash of (store/content.h)
SELECT i.id, i.content, i.category, i.outcome, i.from_s, i.to_s, i.offset_s, i.precision, i.point, i.lon_e7, i.lat_e7,
    i.flags, i.slice, i.key, a.text, p.text, s.identity, i.classes
FROM incident i
LEFT JOIN slice l ON l.id = i.slice
LEFT JOIN source s ON s.id = l.source
LEFT JOIN phrase a ON a.id = i.area
LEFT JOIN phrase p ON p.id = i.place
WHERE i.id BETWEEN :first AND :last
ORDER BY i.id;

-- check_shown: what releases showed, cut short or of a block without an incident
SELECT release, block FROM shown
WHERE length(ids) <> 8192 OR block > (SELECT coalesce(max(id), 0) FROM incident) / 65536
UNION SELECT release, block FROM hidden
WHERE length(ids) % 2 OR block > (SELECT coalesce(max(id), 0) FROM incident) / 65536
ORDER BY 1, 2;

-- check_counted: counts by area whose incidents are not known, cut short or of a block without an incident
SELECT release, block FROM counted
WHERE length(ids) % 2 OR block > (SELECT coalesce(max(id), 0) FROM incident) / 65536
ORDER BY release, block;

-- check_staying: incidents that are told as they were and have left, too
SELECT s.incident FROM staying s JOIN departed d ON d.incident = s.incident AND d.release <= s.release
ORDER BY s.incident;
