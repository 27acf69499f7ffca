// The sqlite3 shell: .import, conversion to typed columns, and indexes on place and time.
import { rmSync } from 'node:fs';
import { timed } from '../lib.mjs';
import { RAW } from './postgis.mjs';

const stages = (csv) => ({
  '.import': `PRAGMA journal_mode = WAL;\nPRAGMA synchronous = NORMAL;\nCREATE TABLE raw (${RAW});\n.import --csv --skip 1 ${csv} raw\n`,
  convert: `CREATE TABLE incident AS SELECT CAST(id AS INTEGER) AS id, kind, arrest = 'true' AS arrest, domestic = 'true' AS domestic,
    substr(at, 7, 4) || '-' || substr(at, 1, 2) || '-' || substr(at, 4, 2) || ' ' ||
      printf('%02d', CAST(substr(at, 12, 2) AS INTEGER) % 12 + (substr(at, 21, 2) = 'PM') * 12) || substr(at, 14, 6) AS ts,
    CAST(lon AS REAL) AS lon, CAST(lat AS REAL) AS lat FROM raw;\n`,
  indexes: 'CREATE UNIQUE INDEX by_id ON incident(id); CREATE INDEX by_place ON incident(lon, lat); CREATE INDEX by_time ON incident(ts);\n',
});

/// Seconds by stage, in a new database.
export async function load(path, csv) {
  const took = {};
  for (const end of ['', '-wal', '-shm']) rmSync(path + end, { force: true });
  for (const [stage, sql] of Object.entries(stages(csv))) took[stage] = (await timed('sqlite3', ['-bail', path], { input: sql })).wall_s;
  return took;
}
