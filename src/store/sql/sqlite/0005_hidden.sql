-- What was public and is hidden by a rule or withdrawn by its source, so that nobody who turns sensitive meanwhile is the only
-- one that does not come back (src/publish/leave.h); and which incidents stand in counts by area (src/publish/by_area.h).
-- ids of both: src/store/marks.h.

-- until, run, last: the last release that showed them, and what had been read for it, as shown_release has it
CREATE TABLE hidden (
    release INTEGER NOT NULL REFERENCES shown_release,
    until   INTEGER NOT NULL CHECK (until > 0),
    run     INTEGER NOT NULL CHECK (run >= 0),
    last    INTEGER NOT NULL CHECK (last >= 0),
    block   INTEGER NOT NULL CHECK (block >= 0),
    ids     BLOB NOT NULL CHECK (length(ids) BETWEEN 2 AND 8192),
    PRIMARY KEY (release, until, run, block)
) STRICT, WITHOUT ROWID;

-- release: that told of them first in a count of the half-year and class
CREATE TABLE counted (
    half    INTEGER NOT NULL,
    class   INTEGER NOT NULL CHECK (class BETWEEN 0 AND 12),
    release INTEGER NOT NULL CHECK (release > 0),
    block   INTEGER NOT NULL CHECK (block >= 0),
    ids     BLOB NOT NULL CHECK (length(ids) BETWEEN 2 AND 8192),
    PRIMARY KEY (half, class, release, block)
) STRICT, WITHOUT ROWID;

-- the release before which another incident took the place of one that left, because the source numbered anew; 0: none did
ALTER TABLE departed ADD COLUMN passed INTEGER NOT NULL DEFAULT 0 CHECK (passed >= 0);
