-- A store of format 0001 as hromada 0.1.0 wrote it: chicago.csv beside this file, and two rows of the generic form. tests/unit/
-- test_store.c brings it up to date and imports the file again. Made by: sqlite3 hromada.db .dump
PRAGMA application_id = 1752329572;
PRAGMA user_version = 1;
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE migration (
    number    INTEGER PRIMARY KEY,
    name      TEXT NOT NULL,
    applied_s INTEGER NOT NULL
) STRICT;
INSERT INTO migration VALUES(1,'0001_first',1795899043);
CREATE TABLE setting (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO setting VALUES('demo','no');
INSERT INTO setting VALUES('language','en');
INSERT INTO setting VALUES('name','Store of the first format');
INSERT INTO setting VALUES('timezone','America/Chicago');
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
INSERT INTO source VALUES(1,'chicago',0,'Chicago Police Department, reported crime','City of Chicago data terms of use','https://www.chicago.gov/city/en/narr/foia/data_disclaimer.html','https://data.cityofchicago.org/d/ijzp-q8t2','City of Chicago, Chicago Data Portal. This site provides applications using data that has been modified for use from its original source, www.cityofchicago.org, the official website of the City of Chicago. The City of Chicago makes no claims as to the content, accuracy, timeliness, or completeness of any of the data provided at this site.','Places are moved within their block; preliminary classifications may change; the cause of death in homicides is told apart.','America/Chicago');
INSERT INTO source VALUES(2,'generic',0,'Incident records','','','','','','America/Chicago');
CREATE TABLE category (
    id   INTEGER PRIMARY KEY,
    key  TEXT NOT NULL UNIQUE,
    code TEXT NOT NULL,
    iccs INTEGER NOT NULL CHECK (iccs BETWEEN 0 AND 12)
) STRICT;
INSERT INTO category VALUES(1,'battery','BATTERY',2);
INSERT INTO category VALUES(2,'theft','theft',0);
INSERT INTO category VALUES(3,'burglary','BURGLARY',5);
INSERT INTO category VALUES(4,'kradez-vloupanim-do-bytu','Krádež vloupáním do bytu',0);
CREATE TABLE category_label (
    category INTEGER NOT NULL REFERENCES category,
    language TEXT NOT NULL,
    label    TEXT NOT NULL,
    PRIMARY KEY (category, language)
) STRICT, WITHOUT ROWID;
INSERT INTO category_label VALUES(1,'cs','Ublížení na zdraví');
INSERT INTO category_label VALUES(1,'en','Battery');
INSERT INTO category_label VALUES(1,'uk','Тілесні ушкодження');
INSERT INTO category_label VALUES(2,'cs','Krádež');
INSERT INTO category_label VALUES(2,'en','theft');
INSERT INTO category_label VALUES(2,'uk','Крадіжка');
INSERT INTO category_label VALUES(3,'cs','Krádež vloupáním');
INSERT INTO category_label VALUES(3,'en','Burglary');
INSERT INTO category_label VALUES(3,'uk','Крадіжка з проникненням');
INSERT INTO category_label VALUES(4,'en','Krádež vloupáním do bytu');
CREATE TABLE outcome (
    id    INTEGER PRIMARY KEY,
    key   TEXT NOT NULL UNIQUE,
    code  TEXT NOT NULL,
    class INTEGER NOT NULL CHECK (class BETWEEN 0 AND 2)
) STRICT;
INSERT INTO outcome VALUES(1,'no-arrest-made','false',0);
INSERT INTO outcome VALUES(2,'arrest-made','true',1);
CREATE TABLE outcome_label (
    outcome  INTEGER NOT NULL REFERENCES outcome,
    language TEXT NOT NULL,
    label    TEXT NOT NULL,
    PRIMARY KEY (outcome, language)
) STRICT, WITHOUT ROWID;
INSERT INTO outcome_label VALUES(1,'cs','Zatím nikdo nezadržen');
INSERT INTO outcome_label VALUES(1,'en','No arrest so far');
INSERT INTO outcome_label VALUES(1,'uk','Поки без затримання');
INSERT INTO outcome_label VALUES(2,'cs','Zadržená osoba');
INSERT INTO outcome_label VALUES(2,'en','Arrest made');
INSERT INTO outcome_label VALUES(2,'uk','Є затримання');
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
INSERT INTO run VALUES(1,1,0,'chicago','chicago.csv',1795899043,5,5,0,0,0,0,0,1,0);
INSERT INTO run VALUES(2,2,0,'generic','generic.csv',1795899043,2,2,0,0,0,0,0,2,0);
CREATE TABLE slice (
    id     INTEGER PRIMARY KEY,
    source INTEGER NOT NULL REFERENCES source,
    name   TEXT NOT NULL,
    UNIQUE (source, name)
) STRICT;
INSERT INTO slice VALUES(1,1,'');
INSERT INTO slice VALUES(2,2,'');
CREATE TABLE phrase (
    id   INTEGER PRIMARY KEY,
    text TEXT NOT NULL UNIQUE CHECK (text <> '')
) STRICT;
INSERT INTO phrase VALUES(1,'districts:11');
INSERT INTO phrase VALUES(2,'010XX N INVENTED ST');
INSERT INTO phrase VALUES(3,'020XX W INVENTED AVE');
INSERT INTO phrase VALUES(4,'030XX W INVENTED AVE');
INSERT INTO phrase VALUES(5,'040XX W INVENTED AVE');
INSERT INTO phrase VALUES(6,'050XX W INVENTED AVE');
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
INSERT INTO incident VALUES(1,1,'1',X'60bf14e369cfd8efd85ccc9b528b466c',1,1,1452033000,1452033000,-21600,0,2,-877201000,419001000,1,2,0,1,NULL);
INSERT INTO incident VALUES(2,1,'2',X'a219b1acfb0959aa73200dfa5e6af3a5',2,1,1452067200,1452067200,-21600,0,2,-877202000,419002000,1,3,0,1,NULL);
INSERT INTO incident VALUES(3,1,'3',X'62c6ee975ed5e477dde612cbe53bfd85',1,2,1452158100,1452158100,-21600,0,2,-877203000,419003000,1,4,3,1,NULL);
INSERT INTO incident VALUES(4,1,'4',X'5a571f766f70595217fcef6af052d6a2',1,1,1452253500,1452253500,-21600,0,2,-877204000,419004000,1,5,0,1,NULL);
INSERT INTO incident VALUES(5,1,'5',X'd87b9e1c8c5fddabef5ed24a108ae238',3,1,1452340800,1452340800,-21600,0,3,0,0,1,6,0,1,NULL);
INSERT INTO incident VALUES(6,2,'1',X'cd05902b927f43f7f7a18e27b1b4a32c',2,NULL,1704067200,1704153599,-21600,2,0,0,0,NULL,NULL,0,2,NULL);
INSERT INTO incident VALUES(7,2,'2',X'8b8ba3491e581de46c5e22ae7f2956bf',4,NULL,1704153600,1704239999,-21600,2,0,0,0,NULL,NULL,0,2,NULL);
CREATE TABLE incident_type (
    incident INTEGER NOT NULL REFERENCES incident,
    category INTEGER NOT NULL REFERENCES category,
    PRIMARY KEY (incident, category)
) STRICT, WITHOUT ROWID;
CREATE TABLE revision (
    id       INTEGER PRIMARY KEY,
    incident INTEGER NOT NULL REFERENCES incident,
    run      INTEGER NOT NULL REFERENCES run,
    field    TEXT NOT NULL,
    was      TEXT NOT NULL,
    now      TEXT NOT NULL
) STRICT;
CREATE TABLE area_set (
    id      INTEGER PRIMARY KEY,
    key     TEXT NOT NULL UNIQUE,
    name    TEXT NOT NULL,
    licence TEXT NOT NULL
) STRICT;
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
CREATE TABLE release (
    number    INTEGER PRIMARY KEY CHECK (number > 0),
    created_s INTEGER NOT NULL,
    sha256    TEXT NOT NULL,
    policy    TEXT NOT NULL,
    incidents INTEGER NOT NULL CHECK (incidents >= 0),
    withheld  INTEGER NOT NULL CHECK (withheld >= 0)
) STRICT;
CREATE INDEX revision_by_incident ON revision (incident);
CREATE INDEX feature_by_layer ON feature (layer);
CREATE INDEX incident_by_key ON incident (slice, key);
COMMIT;
