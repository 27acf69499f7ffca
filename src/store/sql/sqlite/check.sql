-- The part of hromada check that only SQLite knows.

-- check_integrity: pages, records and indexes; one row "ok", or up to a hundred findings
PRAGMA main.integrity_check;

-- check_foreign_keys: references to what is not there
PRAGMA main.foreign_key_check;

-- check_pages: how many pages there are to read
PRAGMA main.page_count;
