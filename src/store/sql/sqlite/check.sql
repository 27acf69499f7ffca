-- The part of hromada check and hromada backup that only SQLite knows.

-- copied_put: runs in the copy that a backup makes, and says when that was
INSERT INTO setting (name, value) VALUES ('copied', strftime('%Y-%m-%dT%H:%M:%SZ', 'now'))
ON CONFLICT (name) DO UPDATE SET value = excluded.value;

-- check_integrity: pages, records and indexes; one row "ok", or up to a hundred findings
PRAGMA main.integrity_check;

-- check_foreign_keys: references to what is not there
PRAGMA main.foreign_key_check;

-- check_pages: how many pages there are to read
PRAGMA main.page_count;
