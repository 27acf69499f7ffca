-- The first format. A released migration never changes; what comes later is a new file.
-- Flags and small codes are those of src/model (incident.h, time.h, category.h); times are seconds, *_s, on the
-- wall clock of the source where the model says so, UTC elsewhere.

CREATE TABLE migration (
    number    INTEGER PRIMARY KEY,
    name      TEXT NOT NULL,
    applied_s INTEGER NOT NULL
) STRICT;

CREATE TABLE setting (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- what a source's rows are known by is settled with its first run (enum identity)
CREATE TABLE source (
    id          INTEGER PRIMARY KEY,
    key         TEXT NOT NULL UNIQUE,
    identity    INTEGER CHECK (identity BETWEEN 0 AND 3),
    name        TEXT NOT NULL,
    licence     TEXT NOT NULL,
    licence_url TEXT NOT NULL,
    homepage    TEXT NOT NULL,
    attribution TEXT NOT NULL,
    caveat      TEXT NOT NULL,
    timezone    TEXT NOT NULL
) STRICT;

CREATE TABLE category (
    id   INTEGER PRIMARY KEY,
    key  TEXT NOT NULL UNIQUE,
    code TEXT NOT NULL,
    iccs INTEGER NOT NULL CHECK (iccs BETWEEN 0 AND 12)
) STRICT;

CREATE TABLE category_label (
    category INTEGER NOT NULL REFERENCES category,
    language TEXT NOT NULL,
    label    TEXT NOT NULL,
    PRIMARY KEY (category, language)
) STRICT, WITHOUT ROWID;

CREATE TABLE outcome (
    id    INTEGER PRIMARY KEY,
    key   TEXT NOT NULL UNIQUE,
    code  TEXT NOT NULL,
    class INTEGER NOT NULL CHECK (class BETWEEN 0 AND 2)
) STRICT;

CREATE TABLE outcome_label (
    outcome  INTEGER NOT NULL REFERENCES outcome,
    language TEXT NOT NULL,
    label    TEXT NOT NULL,
    PRIMARY KEY (outcome, language)
) STRICT, WITHOUT ROWID;

CREATE TABLE run (
    id               INTEGER PRIMARY KEY,
    source           INTEGER NOT NULL REFERENCES source,
    identity         INTEGER NOT NULL CHECK (identity BETWEEN 0 AND 3),
    profile          TEXT NOT NULL,
    files            TEXT NOT NULL,
    started_s        INTEGER NOT NULL,
    rows_read        INTEGER NOT NULL DEFAULT 0,
    imported         INTEGER NOT NULL DEFAULT 0,
    unchanged        INTEGER NOT NULL DEFAULT 0,
    revised          INTEGER NOT NULL DEFAULT 0,
    rejected         INTEGER NOT NULL DEFAULT 0,
    merged           INTEGER NOT NULL DEFAULT 0,
    withdrawn        INTEGER NOT NULL DEFAULT 0,
    without_point    INTEGER NOT NULL DEFAULT 0,
    outcomes_revised INTEGER NOT NULL DEFAULT 0,
    CHECK (rows_read = imported + unchanged + revised + rejected)
) STRICT;

-- a part of a source that a run replaces; the slice without a name holds all incidents of a source that has none
CREATE TABLE slice (
    id     INTEGER PRIMARY KEY,
    source INTEGER NOT NULL REFERENCES source,
    name   TEXT NOT NULL,
    UNIQUE (source, name)
) STRICT;

-- texts that many incidents share (places, codes of areas), kept once
CREATE TABLE phrase (
    id   INTEGER PRIMARY KEY,
    text TEXT NOT NULL UNIQUE CHECK (text <> '')
) STRICT;

-- content: a 128-bit hash of all that the source tells of the incident, so that a run compares one value.
-- added, withdrawn: the run that brought it, and the run that did not hold it any more.
CREATE TABLE incident (
    id        INTEGER PRIMARY KEY,
    slice     INTEGER NOT NULL REFERENCES slice,
    key       TEXT NOT NULL,
    content   BLOB NOT NULL CHECK (length(content) = 16),
    category  INTEGER NOT NULL REFERENCES category,
    outcome   INTEGER REFERENCES outcome,
    from_s    INTEGER NOT NULL,
    to_s      INTEGER NOT NULL CHECK (to_s >= from_s),
    offset_s  INTEGER NOT NULL CHECK (offset_s BETWEEN -86400 AND 86400),
    precision INTEGER NOT NULL CHECK (precision BETWEEN 0 AND 3),
    point     INTEGER NOT NULL CHECK (point BETWEEN 0 AND 3),
    lon_e7    INTEGER NOT NULL CHECK (lon_e7 BETWEEN -1800000000 AND 1800000000),
    lat_e7    INTEGER NOT NULL CHECK (lat_e7 BETWEEN -900000000 AND 900000000),
    area      INTEGER REFERENCES phrase,
    place     INTEGER REFERENCES phrase,
    flags     INTEGER NOT NULL CHECK (flags >= 0),
    added     INTEGER NOT NULL REFERENCES run,
    withdrawn INTEGER REFERENCES run
) STRICT;
CREATE INDEX incident_by_key ON incident (slice, key);

-- further categories of an incident, besides its own (IDENTITY_TYPES)
CREATE TABLE incident_type (
    incident INTEGER NOT NULL REFERENCES incident,
    category INTEGER NOT NULL REFERENCES category,
    PRIMARY KEY (incident, category)
) STRICT, WITHOUT ROWID;

-- what changed: categories and outcomes by their keys, texts as they are, numbers in decimal. The field 'type' tells
-- of a further category; the field 'withdrawn' of an incident that a run did not hold any more, or that came back.
CREATE TABLE revision (
    id       INTEGER PRIMARY KEY,
    incident INTEGER NOT NULL REFERENCES incident,
    run      INTEGER NOT NULL REFERENCES run,
    field    TEXT NOT NULL,
    was      TEXT NOT NULL,
    now      TEXT NOT NULL
) STRICT;
CREATE INDEX revision_by_incident ON revision (incident);

CREATE TABLE area_set (
    id      INTEGER PRIMARY KEY,
    key     TEXT NOT NULL UNIQUE,
    name    TEXT NOT NULL,
    licence TEXT NOT NULL
) STRICT;

-- points: pairs of 32-bit Mercator units; ring_ends: 32-bit counts; both little-endian
CREATE TABLE area (
    id        INTEGER PRIMARY KEY,
    area_set  INTEGER NOT NULL REFERENCES area_set,
    code      TEXT NOT NULL,
    name      TEXT NOT NULL,
    parent    TEXT NOT NULL,
    points    BLOB NOT NULL CHECK (length(points) % 8 = 0),
    ring_ends BLOB NOT NULL CHECK (length(ring_ends) % 4 = 0),
    UNIQUE (area_set, code)
) STRICT;

CREATE TABLE area_figure (
    area       INTEGER NOT NULL REFERENCES area ON DELETE CASCADE,
    year       INTEGER NOT NULL,
    population INTEGER NOT NULL CHECK (population >= -1),
    officers   INTEGER NOT NULL CHECK (officers >= -1),
    PRIMARY KEY (area, year)
) STRICT, WITHOUT ROWID;

CREATE TABLE layer (
    id      INTEGER PRIMARY KEY,
    key     TEXT NOT NULL UNIQUE,
    kind    TEXT NOT NULL,
    licence TEXT NOT NULL
) STRICT;

CREATE TABLE feature (
    id        INTEGER PRIMARY KEY,
    layer     INTEGER NOT NULL REFERENCES layer,
    name      TEXT NOT NULL,
    class     TEXT NOT NULL,
    shape     INTEGER NOT NULL CHECK (shape BETWEEN 0 AND 2),
    points    BLOB NOT NULL CHECK (length(points) % 8 = 0),
    part_ends BLOB NOT NULL CHECK (length(part_ends) % 4 = 0)
) STRICT;
CREATE INDEX feature_by_layer ON feature (layer);

CREATE TABLE release (
    number    INTEGER PRIMARY KEY CHECK (number > 0),
    created_s INTEGER NOT NULL,
    sha256    TEXT NOT NULL,
    policy    TEXT NOT NULL,
    incidents INTEGER NOT NULL CHECK (incidents >= 0),
    withheld  INTEGER NOT NULL CHECK (withheld >= 0)
) STRICT;
