-- Counts by area and half-year that were told.

-- area_count_add: one more
INSERT INTO area_count (half, class, area_set, areas, count, last, release)
VALUES (:half, :class, :area_set, :areas, :count, :last, :release);

-- area_count_forget: of a half-year, or all (:all = 1), when no release that told them is left
DELETE FROM area_count WHERE :all = 1 OR half = :half;

-- area_count_list: all of them, in the order in which they were told
SELECT half, class, area_set, areas, count, last, release FROM area_count ORDER BY id;

-- counted_add: a block of incidents that stand in a count of a half-year and class
INSERT INTO counted (half, class, release, block, ids) VALUES (:half, :class, :release, :block, :ids);

-- counted_last: the highest block
SELECT coalesce(max(block), -1) FROM counted;

-- counted_list: all of them
SELECT half, class, block, ids FROM counted ORDER BY half, class, release, block;

-- counted_passed_add: one in whose place another stands in its count
INSERT INTO counted_passed (incident, half) VALUES (:incident, :half) ON CONFLICT (incident) DO NOTHING;

-- counted_passed_list: all of them
SELECT incident FROM counted_passed ORDER BY incident;

-- counted_passed_forget: as area_count_forget
DELETE FROM counted_passed WHERE :all = 1 OR half = :half;

-- counted_forget: as area_count_forget
DELETE FROM counted WHERE :all = 1 OR half = :half;
