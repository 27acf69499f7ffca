// PostgreSQL with PostGIS in a throw-away cluster below .cache/bench, as the user "postgres" when we are root (it refuses
// to be root), on a loopback port, with settings for such a load: a quarter of the memory for its buffers, no JIT.
import pg from 'pg';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import os from 'node:os';
import { cache, freePort, serve, sum, timed } from '../lib.mjs';
import { conditions, csvOf, townOf } from '../inputs.mjs';

const versions = '/usr/lib/postgresql';
const bin = (name) => `${versions}/${readdirSync(versions).sort((a, b) => a - b).pop()}/bin/${name}`;

function runAs() {
  if (process.getuid() !== 0) return {};
  const [uid, gid] = ['-u', '-g'].map((o) => Number(execFileSync('id', [o, 'postgres'])));
  return { uid, gid };
}

/// A new, empty cluster, or the one that is in the folder.
async function startCluster(folder) {
  const who = runAs();
  if (!existsSync(`${folder}/PG_VERSION`)) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (who.uid) execFileSync('chown', [`${who.uid}:${who.gid}`, folder]);
    execFileSync(bin('initdb'), ['-D', folder, '-U', 'postgres', '-A', 'trust', '--locale=C.UTF-8', '-E', 'UTF8'], { ...who, cwd: '/', stdio: 'ignore' });
  }
  const port = await freePort(), buffers = Math.max(128, Math.floor(os.totalmem() / 2 ** 22)); // MB
  const settings = { listen_addresses: '127.0.0.1', unix_socket_directories: '', port, shared_buffers: `${buffers}MB`, jit: 'off',
    work_mem: '256MB', maintenance_work_mem: '1GB', max_wal_size: '8GB', max_parallel_workers_per_gather: 0 };
  const server = await serve(bin('postgres'), ['-D', folder, ...Object.entries(settings).flatMap(([k, v]) => ['-c', `${k}=${v}`])],
    (text) => text.includes('ready to accept connections') || undefined, { ...who, cwd: '/' });
  return { port, stop: () => server.stop('SIGINT') }; // SIGINT: a fast shutdown, by PostgreSQL's manual
}

export const RAW = ['id', 'case_number', 'at', 'block', 'iucr', 'kind', 'description', 'location', 'arrest', 'domestic', 'beat', 'district',
  'ward', 'area', 'fbi', 'x', 'y', 'year', 'updated', 'lat', 'lon', 'point'];

/// The statements that take a CSV of the Chicago portal, in the stages that are timed.
const stages = (csv) => ({
  COPY: `CREATE EXTENSION IF NOT EXISTS postgis;
    CREATE TABLE raw (${RAW.map((c) => `${c} text`)});
    \\copy raw FROM '${csv}' (FORMAT csv, HEADER)`,
  convert: `CREATE TABLE kinds AS SELECT kind AS name, (row_number() OVER (ORDER BY kind) - 1)::smallint AS number FROM raw GROUP BY kind;
    CREATE TABLE incident AS
    SELECT id::bigint, ts, ts::date AS day, extract(hour FROM ts)::smallint AS hour, (extract(isodow FROM ts) - 1)::smallint AS weekday,
      number AS kind, arrest::boolean, domestic::boolean, geom
    FROM (SELECT *, to_timestamp(at, 'MM/DD/YYYY HH12:MI:SS AM')::timestamp AS ts,
      ST_Transform(ST_SetSRID(ST_MakePoint(lon::float8, lat::float8), 4326), 3857) AS geom FROM raw) r JOIN kinds ON name = r.kind
    ORDER BY geom;`,
  indexes: `CREATE INDEX ON incident USING gist (geom);
    CREATE INDEX ON incident (ts);
    VACUUM ANALYZE incident;`,
});

/// Loads a CSV into a new cluster in `folder`; seconds by stage. The server's own start is not counted.
export async function load(folder, csv) {
  rmSync(folder, { recursive: true, force: true });
  const cluster = await startCluster(folder), took = {};
  for (const [stage, sql] of Object.entries(stages(csv))) {
    const psql = ['-h', '127.0.0.1', '-p', String(cluster.port), '-U', 'postgres', '-q', '-v', 'ON_ERROR_STOP=1'];
    took[stage] = (await timed('psql', psql, { input: `SET client_min_messages = warning; SET TimeZone = 'UTC';\n${sql}\n` })).wall_s;
  }
  await cluster.stop();
  return took;
}

const CELL = `floor((ST_X(geom) - ST_XMin(env)) / (ST_XMax(env) - ST_XMin(env)) * 64)::int AS cx,
  floor((ST_YMax(env) - ST_Y(geom)) / (ST_YMax(env) - ST_YMin(env)) * 64)::int AS cy`;
const gridOf = (q, numbers) => `SELECT ${CELL}, count(*)::int AS n FROM incident, ST_TileEnvelope(${q.z}, ${q.x}, ${q.y}) AS env
  WHERE ${['geom && env', ...conditions(q, numbers).map((c) => c.replace(/^day BETWEEN (\S+ \S+) AND (\S+ '\S+')/, 'ts >= $1 AND ts < $2 + 1'))].join(' AND ')} GROUP BY 1, 2`;
const tileOf = (q, numbers) => `WITH env AS (SELECT ST_TileEnvelope(${q.z}, ${q.x}, ${q.y}) AS e), grid AS (${gridOf(q, numbers)})
  SELECT ST_AsMVT(t, 'cells') AS mvt FROM (SELECT n, ST_AsMVTGeom(ST_SetSRID(ST_MakePoint(
    ST_XMin(e) + (cx + 0.5) * (ST_XMax(e) - ST_XMin(e)) / 64, ST_YMax(e) - (cy + 0.5) * (ST_YMax(e) - ST_YMin(e)) / 64), 3857), e) AS geom
    FROM grid, env) t`;

/// The cluster with so many rows, loaded once and kept. grid(q), tile(q): processor microseconds of the process that
/// serves us, and those of the wall; grid gives the sum, tile the bytes. && compares boxes in single precision, and so
/// lets in what stands up to a metre beyond the tile: not counted in the sum.
export async function openPostgis(rows) {
  const folder = `${cache}/${townOf(rows)}.postgis`;
  if (!existsSync(folder)) {
    await load(`${folder}.new`, csvOf(rows));
    renameSync(`${folder}.new`, folder);
  }
  const cluster = await startCluster(folder);
  const client = new pg.Client({ host: '127.0.0.1', port: cluster.port, user: 'postgres', database: 'postgres' });
  await client.connect();
  const { rows: [{ pid }] } = await client.query('SELECT pg_backend_pid() AS pid');
  const { rows: kinds } = await client.query('SELECT name, number FROM kinds');
  const numbers = new Map(kinds.map((k) => [k.name.toLowerCase().replace(/[^a-z]/g, '-'), k.number]));
  const cpu = () => Number(readFileSync(`/proc/${pid}/schedstat`, 'latin1').split(' ')[0]) / 1e3;
  async function ask(sql) {
    const before = cpu(), began = performance.now(), { rows: answer } = await client.query(sql);
    return { answer, wall_us: (performance.now() - began) * 1e3, us: cpu() - before };
  }
  return {
    async grid(q) {
      const { answer, ...took } = await ask(gridOf(q, numbers));
      const inside = answer.filter((r) => r.cx >= 0 && r.cx < 64 && r.cy >= 0 && r.cy < 64);
      return { ...took, sum: sum(inside.map((r) => r.n)) };
    },
    async tile(q) {
      const { answer, ...took } = await ask(tileOf(q, numbers));
      return { ...took, bytes: answer[0].mvt.length };
    },
    async close() { await client.end(); await cluster.stop(); },
  };
}
