-- The tables of a run before it is merged. They are temporary: on disk, seen by this connection alone, gone with it.

-- staging_row: rows in doubt, in the order in which they were read; content as in the table incident
CREATE TEMP TABLE IF NOT EXISTS staged (
    n         INTEGER PRIMARY KEY,
    slice     INTEGER NOT NULL,
    key       TEXT NOT NULL,
    content   BLOB NOT NULL,
    category  INTEGER NOT NULL,
    outcome   INTEGER,
    from_s    INTEGER NOT NULL,
    to_s      INTEGER NOT NULL,
    offset_s  INTEGER NOT NULL,
    precision INTEGER NOT NULL,
    point     INTEGER NOT NULL,
    lon_e7    INTEGER NOT NULL,
    lat_e7    INTEGER NOT NULL,
    area      TEXT NOT NULL,
    place     TEXT NOT NULL,
    flags     INTEGER NOT NULL,
    classes   INTEGER NOT NULL,
    untold    INTEGER NOT NULL, -- src/model/incident.h
    beside    INTEGER NOT NULL, -- 1: what the incident of its key has holds for it, too, since a row of this run before it told the
                                -- same, or since nobody has said that it may be lost
    row       INTEGER NOT NULL  -- src/model/incident.h; 0: a row that was taken back
);

-- staging_kept: rows that take over what they do not tell or what other rows of their key tell, and their content with it
CREATE TEMP TABLE IF NOT EXISTS kept (
    n        INTEGER PRIMARY KEY,
    category INTEGER NOT NULL,
    flags    INTEGER NOT NULL,
    classes  INTEGER NOT NULL,
    content  BLOB NOT NULL
);

-- staging_touched: the slices that the run holds rows of; fresh: the store held no incident of it before; part: brought its first row
CREATE TEMP TABLE IF NOT EXISTS touched (
    slice     INTEGER PRIMARY KEY,
    fresh     INTEGER NOT NULL,
    part      INTEGER NOT NULL,
    part_name TEXT NOT NULL,
    keeps     INTEGER NOT NULL -- a row was rejected that may be of it
);

-- staging_rejected_slice: slices that rejected rows may be of; anywhere: any that this part tells of
CREATE TEMP TABLE IF NOT EXISTS rejected_slice (
    name     TEXT NOT NULL,
    anywhere INTEGER NOT NULL,
    part     INTEGER NOT NULL,
    PRIMARY KEY (name, anywhere, part)
) WITHOUT ROWID;

-- staging_held: the incidents that rows are matched with by content; rank counts equal ones, those withdrawn last
CREATE TEMP TABLE IF NOT EXISTS held (
    slice    INTEGER NOT NULL,
    key      TEXT NOT NULL,
    content  BLOB NOT NULL,
    rank     INTEGER NOT NULL,
    incident INTEGER NOT NULL,
    gone     INTEGER NOT NULL,
    PRIMARY KEY (slice, key, content, rank)
) WITHOUT ROWID;

-- staging_verdict: what becomes of each row
CREATE TEMP TABLE IF NOT EXISTS verdict (
    n        INTEGER PRIMARY KEY,
    incident INTEGER NOT NULL, -- the one it tells of
    before   INTEGER,          -- the row of this run that told of it last
    kind     INTEGER NOT NULL, -- 0 imported, 1 unchanged, 2 revised
    fresh    INTEGER NOT NULL, -- 1: this run brings the incident
    settles  INTEGER NOT NULL  -- 1: the incident is written from this row
);

-- staging_change: both sides of each revision
CREATE TEMP TABLE IF NOT EXISTS change (
    n             INTEGER PRIMARY KEY,
    incident      INTEGER NOT NULL,
    came_back     INTEGER NOT NULL,
    was_category  INTEGER NOT NULL, now_category  INTEGER NOT NULL,
    was_outcome   INTEGER,          now_outcome   INTEGER,
    was_from_s    INTEGER NOT NULL, now_from_s    INTEGER NOT NULL,
    was_to_s      INTEGER NOT NULL, now_to_s      INTEGER NOT NULL,
    was_offset_s  INTEGER NOT NULL, now_offset_s  INTEGER NOT NULL,
    was_precision INTEGER NOT NULL, now_precision INTEGER NOT NULL,
    was_point     INTEGER NOT NULL, now_point     INTEGER NOT NULL,
    was_lon_e7    INTEGER NOT NULL, now_lon_e7    INTEGER NOT NULL,
    was_lat_e7    INTEGER NOT NULL, now_lat_e7    INTEGER NOT NULL,
    was_area      TEXT NOT NULL,    now_area      TEXT NOT NULL,
    was_place     TEXT NOT NULL,    now_place     TEXT NOT NULL,
    was_flags     INTEGER NOT NULL, now_flags     INTEGER NOT NULL,
    was_classes   INTEGER NOT NULL, now_classes   INTEGER NOT NULL
);

-- staging_extra: rows that tell a further category of their incident
CREATE TEMP TABLE IF NOT EXISTS extra (
    n        INTEGER PRIMARY KEY,
    incident INTEGER NOT NULL,
    category INTEGER NOT NULL
);

-- staging_mention: kinds that rows name besides, with the incident that a row tells of or became; 0: the verdict has it
CREATE TEMP TABLE IF NOT EXISTS mention (
    n        INTEGER NOT NULL,
    incident INTEGER NOT NULL,
    category INTEGER NOT NULL,
    PRIMARY KEY (n, category)
) WITHOUT ROWID;

-- staging_gone: live incidents that the run should hold and does not
CREATE TEMP TABLE IF NOT EXISTS gone (incident INTEGER PRIMARY KEY);

-- staging_gone_earlier: those that an earlier run withdrew, and that what this one tells may take protection from, by their act or by its place
CREATE TEMP TABLE IF NOT EXISTS gone_earlier (
    incident INTEGER PRIMARY KEY,
    by_act   INTEGER NOT NULL,
    by_place INTEGER NOT NULL
);

-- staging_apart: a stored incident of another slice that has what protects it, and a row of a new incident that seems to tell of it
CREATE TEMP TABLE IF NOT EXISTS apart (
    incident INTEGER NOT NULL,
    n        INTEGER NOT NULL,
    PRIMARY KEY (incident, n)
) WITHOUT ROWID;

-- staging_unread_row: keys that rejected rows of the run may have, and the slice by its name; anywhere: it may be any
CREATE TEMP TABLE IF NOT EXISTS unread_row (
    slice    TEXT NOT NULL,
    anywhere INTEGER NOT NULL,
    key      TEXT NOT NULL,
    PRIMARY KEY (slice, anywhere, key)
) WITHOUT ROWID;

-- staging_read_row: keys that an earlier run could not read, and this one can
CREATE TEMP TABLE IF NOT EXISTS read_row (
    slice INTEGER NOT NULL,
    key   TEXT NOT NULL,
    PRIMARY KEY (slice, key)
) WITHOUT ROWID;

-- staging_part: the first row of each part of the run that may have some, but for the first part
CREATE TEMP TABLE IF NOT EXISTS part (n INTEGER PRIMARY KEY);

-- staging_suspect: keys of new incidents of this run that may be those of others, written otherwise
CREATE TEMP TABLE IF NOT EXISTS suspect (
    slice INTEGER NOT NULL,
    key   TEXT NOT NULL,
    PRIMARY KEY (slice, key)
) WITHOUT ROWID;

-- staging_lost: stored incidents from which the run takes what protected them
CREATE TEMP TABLE IF NOT EXISTS lost (
    incident  INTEGER PRIMARY KEY,
    row       INTEGER NOT NULL,
    domestic  INTEGER NOT NULL,
    elsewhere INTEGER NOT NULL,
    class     INTEGER NOT NULL,
    kind      INTEGER NOT NULL
);

-- staging_lift: keys of those that may lose it
CREATE TEMP TABLE IF NOT EXISTS lift (key TEXT PRIMARY KEY) WITHOUT ROWID;

-- staged_clear: empties them all, one by one
DELETE FROM staged;

-- touched_clear: as staged_clear
DELETE FROM touched;

-- rejected_slice_clear: as staged_clear
DELETE FROM rejected_slice;

-- apart_clear: as staged_clear
DELETE FROM apart;

-- unread_row_clear: as staged_clear
DELETE FROM unread_row;

-- read_row_clear: as staged_clear
DELETE FROM read_row;

-- part_clear: as staged_clear
DELETE FROM part;

-- suspect_clear: as staged_clear
DELETE FROM suspect;

-- lost_clear: as staged_clear
DELETE FROM lost;

-- lift_clear: as staged_clear
DELETE FROM lift;

-- kept_clear: as staged_clear
DELETE FROM kept;

-- held_clear: as staged_clear
DELETE FROM held;

-- verdict_clear: as staged_clear
DELETE FROM verdict;

-- change_clear: as staged_clear
DELETE FROM change;

-- extra_clear: as staged_clear
DELETE FROM extra;

-- mention_clear: as staged_clear
DELETE FROM mention;

-- gone_clear: as staged_clear
DELETE FROM gone;

-- gone_earlier_clear: as staged_clear
DELETE FROM gone_earlier;
