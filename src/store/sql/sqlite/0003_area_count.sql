-- What was told of sensitive incidents by area and half-year. A row never changes and never goes: a period that was told
-- twice, differently, would leave single incidents between the two (src/publish/partition.h).
-- half: half-years since 1970, January to June even. class: src/model/sensitivity.h, 12 for what a category is hidden by.
-- area_set, areas: key of a set and the codes of those of its areas that the count is of, each with a line end behind it;
-- empty: somewhere in the town. last: no incident of a higher id was counted, so that what comes later can be told once it
-- is enough by itself.
CREATE TABLE area_count (
    id       INTEGER PRIMARY KEY,
    half     INTEGER NOT NULL,
    class    INTEGER NOT NULL CHECK (class BETWEEN 0 AND 12),
    area_set TEXT NOT NULL,
    areas    TEXT NOT NULL,
    count    INTEGER NOT NULL CHECK (count >= 0),
    last     INTEGER NOT NULL CHECK (last >= 0),
    release  INTEGER NOT NULL
) STRICT;
