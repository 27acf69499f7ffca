// DuckDB with the same rows, read from the same CSV: it works out Mercator and cells from longitude and latitude on its
// own, with another formula than ours, and keeps the rows in the order of the tiles, so that its zone maps serve.
import { DuckDBInstance } from '@duckdb/node-api';
import { createHash } from 'node:crypto';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { cache } from '../lib.mjs';
import { conditions } from '../inputs.mjs';

const GRID = 64, KEY_ZOOM = 16, WORLD = 2 ** 32;

/// Bits of x and y alternating, as SQL on whole numbers.
const spreadBits = (v) => [[8, 0x00FF00FF], [4, 0x0F0F0F0F], [2, 0x33333333], [1, 0x55555555]]
  .reduce((e, [shift, mask]) => `((${e} | (${e} << ${shift})) & ${mask})`, `${v}::UBIGINT`);
function tileKey(x, y) {
  let key = 0;
  for (let bit = KEY_ZOOM - 1; bit >= 0; bit--) key = key * 4 + (y >>> bit & 1) * 2 + (x >>> bit & 1);
  return key;
}

/// How a CSV is read (degrees to seven digits, a centimetre, as our store keeps them; some portals write fifteen): the time, the name of the kind, which rows, which of several that tell the same incident. A kind's
/// key is its name in small letters with "-" for all else, unless `keys` has another one for the name.
export const CHICAGO = { time: `strptime("Date", '%m/%d/%Y %I:%M:%S %p')`, kind: '"Primary Type"' };
const text = (s) => `'${s.replaceAll("'", "''")}'`;
const keyOf = (keys = {}) => `CASE name ${Object.entries(keys).map(([name, key]) => `WHEN ${text(name)} THEN ${text(key)}`).join(' ')}
    ${Object.keys(keys).length ? '' : 'WHEN NULL THEN NULL'} ELSE lower(regexp_replace(name, '[^A-Za-z]', '-', 'g')) END`;

const loadSql = (csv, { time, kind, keys, only = 'true', one = '' }) => `
  CREATE MACRO spread_bits(v) AS ${spreadBits('v')};
  CREATE TABLE incident AS
  WITH row AS (
    SELECT ${time} AS ts, ${kind} AS name, round(TRY_CAST("Longitude" AS DOUBLE), 7) AS lon, round(TRY_CAST("Latitude" AS DOUBLE), 7) AS lat
    FROM read_csv([${[csv].flat().map(text)}], header = true, all_varchar = true, union_by_name = true, filename = true)
    ${one}),
  point AS (
    SELECT ts, ${keyOf(keys)} AS kind, floor((lon + 180) / 360 * ${WORLD})::UBIGINT AS x,
      floor((1 - ln(tan(radians(lat)) + 1 / cos(radians(lat))) / pi()) / 2 * ${WORLD})::UBIGINT AS y
    FROM row WHERE lon IS NOT NULL AND lat IS NOT NULL AND ${only})
  SELECT (spread_bits(x >> ${32 - KEY_ZOOM}) | (spread_bits(y >> ${32 - KEY_ZOOM}) << 1))::UINTEGER AS key,
    x::UINTEGER AS x, y::UINTEGER AS y, ts::DATE AS day, hour(ts)::UTINYINT AS hour, (isodow(ts) - 1)::UTINYINT AS weekday, kind
  FROM point ORDER BY key, ts;
  CHECKPOINT;`;

const open = (path, threads) => DuckDBInstance.create(path, { threads: String(threads) });

/// Loads into a fresh database at `path`; wall and processor seconds.
export async function load(path, csv, threads, shape = CHICAGO) {
  for (const end of ['', '.wal']) rmSync(path + end, { force: true });
  const began = performance.now(), cpu = process.cpuUsage(), db = await open(path, threads), connection = await db.connect();
  await connection.run(loadSql(csv, shape));
  connection.closeSync();
  db.closeSync();
  const { user, system } = process.cpuUsage(cpu);
  return { wall_s: (performance.now() - began) / 1e3, cpu_s: (user + system) / 1e6 };
}

/// Kinds as numbers of one byte instead of names: what a town that asks the same all day would do.
const NUMBER = `
  CREATE TABLE kinds AS SELECT kind, (row_number() OVER (ORDER BY kind) - 1)::TINYINT AS number FROM (SELECT DISTINCT kind FROM incident);
  CREATE TABLE numbered AS SELECT * REPLACE (number AS kind) FROM incident JOIN kinds USING (kind) ORDER BY key, day;
  DROP TABLE incident;
  ALTER TABLE numbered RENAME TO incident;
  CHECKPOINT;`;

function sqlOf(q, numbers) {
  const more = 2 * (KEY_ZOOM - q.z), key = tileKey(q.x * 2 ** (KEY_ZOOM - q.z), q.y * 2 ** (KEY_ZOOM - q.z)), shift = 32 - q.z - 6;
  const where = [`key BETWEEN ${key} AND ${key + 2 ** more - 1}`, ...conditions(q, numbers)];
  return `SELECT ((y >> ${shift}) & 63)::INTEGER * ${GRID} + ((x >> ${shift}) & 63)::INTEGER AS cell, count(*)::UINTEGER AS n
    FROM incident WHERE ${where.join(' AND ')} GROUP BY 1`;
}

/// One thread on a loaded database. answer(q): processor time in microseconds, the sum, and the hash of the grid.
export async function openDuckdb(path) {
  const db = await open(path, 1), connection = await db.connect();
  const numbers = new Map((await connection.runAndReadAll('SELECT kind, number FROM kinds')).getRows());
  return {
    async answer(q) {
      const sql = sqlOf(q, numbers), began = process.cpuUsage();
      const result = await connection.run(sql);
      const { user, system } = process.cpuUsage(began);
      const [cells = [], counts = []] = await result.getColumns(), grid = new Uint32Array(GRID * GRID);
      cells.forEach((cell, i) => { grid[cell] = counts[i]; });
      return { us: user + system, sum: counts.reduce((a, b) => a + b, 0), sha: createHash('sha256').update(grid).digest('hex') };
    },
    /// The points of n rows, evenly taken in the order of the tiles.
    async points(n) {
      const sql = `SELECT x, y FROM (SELECT x, y, row_number() OVER () AS i, count(*) OVER () AS n FROM incident) WHERE i % greatest(1, n // ${n}) = 0 LIMIT ${n}`;
      return (await connection.runAndReadAll(sql)).getRows();
    },
    close() { connection.closeSync(); db.closeSync(); },
  };
}

/// The database of a CSV, loaded once and kept.
export async function duckdbOf(name, csv, shape) {
  const path = `${cache}/${name}.duckdb`;
  if (!existsSync(path)) {
    await load(`${path}.new`, csv, 2, shape);
    const db = await open(`${path}.new`, 2), connection = await db.connect();
    await connection.run(NUMBER);
    connection.closeSync();
    db.closeSync();
    renameSync(`${path}.new`, path);
  }
  return openDuckdb(path);
}
