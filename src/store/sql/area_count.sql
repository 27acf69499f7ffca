-- Counts by area and half-year that were told.

-- area_count_add: one more
INSERT INTO area_count (half, class, area_set, areas, count, last, release)
VALUES (:half, :class, :area_set, :areas, :count, :last, :release);

-- area_count_forget: of a half-year, or all (:all = 1), when no release that told them is left
DELETE FROM area_count WHERE :all = 1 OR half = :half;

-- area_count_list: all of them, in the order in which they were told
SELECT half, class, area_set, areas, count, last, release FROM area_count ORDER BY id;
