-- Keys of which a row was rejected. What it would have said nobody knows, and unreadable is not "no": incidents of the key are
-- told to nobody (src/store/repeated.h) until a run reads the rows of that key and rejects none.

-- slice, key: as incident
CREATE TABLE unread (
    slice INTEGER NOT NULL REFERENCES slice,
    key   TEXT NOT NULL,
    PRIMARY KEY (slice, key)
) STRICT, WITHOUT ROWID;
