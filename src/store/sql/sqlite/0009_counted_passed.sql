-- Of a source without ids an incident is gone, and what it tells in its place stands in the count instead (src/publish/leave.h): it
-- takes no second one's place.

-- half: of the count, which is forgotten with it
CREATE TABLE counted_passed (
    incident INTEGER PRIMARY KEY,
    half     INTEGER NOT NULL
) STRICT;
