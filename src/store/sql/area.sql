-- Area sets, areas with their figures, layers with their features, releases.

-- area_set_put: a set by its key, made or brought up to date
INSERT INTO area_set (key, name, licence) VALUES (:key, :name, :licence)
ON CONFLICT (key) DO UPDATE SET name = excluded.name, licence = excluded.licence
RETURNING id;

-- area_clear: forgets the areas of a set; their figures go with them
DELETE FROM area WHERE area_set = :area_set;

-- area_add: adds one
INSERT INTO area (area_set, code, name, parent, points, ring_ends)
VALUES (:area_set, :code, :name, :parent, :points, :ring_ends)
RETURNING id;

-- area_figure_add: population and officers of one year
INSERT INTO area_figure (area, year, population, officers) VALUES (:area, :year, :population, :officers);

-- area_points: live incidents with a point; those of them within a box, and those that would be if longitude and latitude were exchanged. A
-- scan of all incidents
SELECT count(*),
    coalesce(sum(CASE WHEN lon_e7 BETWEEN :west AND :east AND lat_e7 BETWEEN :south AND :north THEN 1 ELSE 0 END), 0),
    coalesce(sum(CASE WHEN lat_e7 BETWEEN :west AND :east AND lon_e7 BETWEEN :south AND :north THEN 1 ELSE 0 END), 0)
FROM incident NOT INDEXED
WHERE withdrawn IS NULL AND point IN (1, 2);

-- area_set_list: all sets and how many areas they have
SELECT s.id, s.key, s.name, s.licence, (SELECT count(*) FROM area a WHERE a.area_set = s.id)
FROM area_set s
ORDER BY s.id;

-- area_list: the areas of a set in the order in which they came
SELECT id, code, name, parent, points, ring_ends FROM area WHERE area_set = :area_set ORDER BY id;

-- area_figure_list: the figures of a set's areas
SELECT f.area, f.year, f.population, f.officers
FROM area_figure f JOIN area a ON a.id = f.area
WHERE a.area_set = :area_set
ORDER BY f.area, f.year;

-- layer_put: a layer by its key, made or brought up to date
INSERT INTO layer (key, kind, licence) VALUES (:key, :kind, :licence)
ON CONFLICT (key) DO UPDATE SET kind = excluded.kind, licence = excluded.licence
RETURNING id;

-- feature_clear: forgets the features of a layer
DELETE FROM feature WHERE layer = :layer;

-- feature_add: adds one
INSERT INTO feature (layer, name, class, shape, points, part_ends)
VALUES (:layer, :name, :class, :shape, :points, :part_ends);

-- layer_list: all layers
SELECT id, key, kind, licence FROM layer ORDER BY id;

-- feature_list: the features of a layer in the order in which they came
SELECT name, class, shape, points, part_ends FROM feature WHERE layer = :layer ORDER BY id;

-- release_next: the number after the highest
SELECT coalesce(max(number), 0) + 1 FROM release;

-- release_add: notes a release that stands on the disk
INSERT INTO release (number, created_s, sha256, policy, incidents, withheld)
VALUES (:number, :created_s, :sha256, :policy, :incidents, :withheld);

-- release_list: all releases, oldest first
SELECT number, created_s, sha256, policy, incidents, withheld FROM release ORDER BY number;
