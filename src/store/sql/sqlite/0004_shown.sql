-- What stood as a point in the newest public release, so that what turns sensitive later can leave at fixed dates, with cover
-- (src/publish/leave.h). Written before a release is public; of a release that never was, nothing is believed.
-- run, last: no run and no incident of a higher number had been read for it.
CREATE TABLE shown_release (
    release   INTEGER PRIMARY KEY CHECK (release > 0),
    created_s INTEGER NOT NULL,
    run       INTEGER NOT NULL CHECK (run >= 0),
    last      INTEGER NOT NULL CHECK (last >= 0)
) STRICT;

-- ids: a bit for each of 65,536 incidents from block * 65,536 on, the lowest bit of a byte first; blocks of zeros are left out
CREATE TABLE shown (
    release INTEGER NOT NULL REFERENCES shown_release,
    block   INTEGER NOT NULL CHECK (block >= 0),
    ids     BLOB NOT NULL CHECK (length(ids) = 8192),
    PRIMARY KEY (release, block)
) STRICT, WITHOUT ROWID;

-- incidents that turned since and are told until the next date as they stood behind the run
CREATE TABLE staying (
    release  INTEGER NOT NULL REFERENCES shown_release,
    incident INTEGER NOT NULL REFERENCES incident,
    run      INTEGER NOT NULL CHECK (run >= 0),
    PRIMARY KEY (release, incident)
) STRICT, WITHOUT ROWID;

-- incidents that left with a batch and never come back; turned: the release before which they had turned, 0: they went along
-- as cover
CREATE TABLE departed (
    incident INTEGER PRIMARY KEY REFERENCES incident,
    release  INTEGER NOT NULL CHECK (release > 0),
    turned   INTEGER NOT NULL CHECK (turned >= 0)
) STRICT;
