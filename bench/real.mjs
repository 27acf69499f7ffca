// The same with real incidents, where their files are at hand: import, publication, tiles of the public release over HTTP,
// and the exact (police) index against DuckDB on the same files.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { askAll, askKernel, compare } from './grid.mjs';
import { measureServer } from './http.mjs';
import { importAndPublish } from './import.mjs';
import { questions, spelled, ZOOMS } from './inputs.mjs';
import { ask, cache, count, hromada, median, quantile, root, short, spread } from './lib.mjs';
import { CHICAGO, duckdbOf } from './peers/duckdb.mjs';

const within = (w, s, e, n) => `lon BETWEEN ${w} AND ${e} AND lat BETWEEN ${s} AND ${n}`; // as the profile's extent says
const SETS = [
  { name: 'Chicago', files: /^chicago-20\d\d.*\.csv\.zst$/, profile: 'chicago', hours: true, shape: { ...CHICAGO,
    only: `${within(-87.95, 41.6, -87.5, 42.1)} AND kind NOT LIKE '%traffick%'`, // the policy of every tier
    one: 'QUALIFY row_number() OVER (PARTITION BY "ID" ORDER BY filename DESC) = 1' } },
  { name: 'data.police.uk', files: /street\.csv\.zst$/, profile: 'uk-police', hours: false, shape: {
    time: `strptime("Month", '%Y-%m')`, kind: '"Crime type"', only: within(-9, 49, 2.5, 61.5) } },
];

function unpack(folder, files) {
  mkdirSync(`${cache}/real`, { recursive: true });
  return readdirSync(folder).filter((f) => files.test(f)).sort().map((file) => {
    const path = `${cache}/real/${basename(file, '.zst')}`;
    if (!existsSync(path)) execFileSync('zstd', ['-q', '-d', join(folder, file), '-o', path]);
    return path;
  });
}

/// Name of a kind to its key, as the profile has them.
function keysOf(profile) {
  const lines = readFileSync(`${root}profiles/${profile}.profile`, 'utf8').split('[categories]')[1].split('\n[')[0].split('\n');
  return Object.fromEntries(lines.map((l) => l.match(/^([^#=]+?)\s*=\s*([^\s|]+)/)).filter(Boolean).map(([, name, key]) => [name, key]));
}

const rowsBy = (folder, by, tier) => JSON.parse(execFileSync(hromada, ['-D', folder, 'stats', '--by', by, '--tier', tier, '--json'], { encoding: 'utf8' })).rows.map((r) => r.key);

/// The seeded questions, moved to these kinds and months and to tiles in which there are points.
function moved(list, { points, keys, months, hours }) {
  const town = new Map(ask('kernel', ['kinds']).map(([key], i) => [key, i]));
  const monthAt = (date) => months[Math.floor((Date.parse(date) - Date.parse('2001-01-01')) / (7305 * 864e5) * months.length)];
  const lastDay = (month) => new Date(Date.UTC(...month.split('-').map(Number), 0)).toISOString().slice(0, 10);
  return list.map((q, i) => {
    const [x, y] = points[i % points.length], side = 2 ** (32 - q.z);
    const kinds = q.kinds && [...new Set(q.kinds.map((k) => keys[town.get(k) % keys.length]))];
    const from = q.from && `${monthAt(q.from)}-01`, to = q.to && lastDay(monthAt(q.to));
    const filter = [kinds && `cat=${kinds}`, from && `from=${from}&to=${to}`, ...(hours ? q.filter.split('&').filter((p) => /^(hours|days)=/.test(p)) : [])];
    return { ...q, x: Math.floor(x / side), y: Math.floor(y / side), kinds, from, to, filter: filter.filter(Boolean).join('&'),
      ...(hours ? {} : { hours: undefined, days: undefined }) };
  });
}

async function measureSet({ name, files, profile, hours, shape }, args, report) {
  const paths = unpack(args.data, files), folder = `${cache}/real/${profile}`, runs = [];
  if (!paths.length) return report.text(`${name}: no files in ${args.data}.`);
  for (let run = 0; run < args.repeat; run++) runs.push(await importAndPublish(folder, paths, ['--as', profile]));
  const { read } = JSON.parse(runs[0].import.out), police = `${folder}/restricted/1/police.index`;
  rmSync(`${cache}/real-${profile}.duckdb`, { force: true });
  const db = await duckdbOf(`real-${profile}`, paths, { ...shape, keys: keysOf(profile) });
  const place = { points: await db.points(4 * args.each), keys: rowsBy(folder, 'category', 'police').sort(), months: rowsBy(folder, 'month', 'police'), hours };
  const open = { ...place, keys: rowsBy(folder, 'category', 'public').sort() }; // without what the policy withholds
  const list = moved(questions(args.each), place), ours = [], theirs = [];
  for (let run = 0; run < args.repeat; run++) {
    ours.push(askKernel(police, list));
    theirs.push(await askAll(db.answer, list));
  }
  db.close();
  const change = (fresh) => spelled(`${folder}/releases/1/public.index`, moved(fresh, open));
  const served = await measureServer(folder, args, change);

  const p = (all, z, q) => all.map((run) => quantile(run.filter((_, i) => list[i].z === z).map((a) => a.us), q) / 1e3);
  report.heading(`${name}: ${count(read)} real rows in ${paths.length} files`);
  report.table(['what', 'wall seconds', 'rows a second', 'peak MB'], ['import', 'publish'].map((stage) => {
    const wall = runs.map((run) => run[stage].wall_s);
    return [stage, spread(wall), count(Math.round(read / median(wall))), short(Math.max(...runs.map((run) => run[stage].peak_mb)))];
  }));
  report.table(['zoom', 'grid, exact points, ms p50 / p99', 'DuckDB', 'public tile over HTTP', 'bytes, p99'], ZOOMS.map((z, i) => [`z${z}`,
    `${spread(p(ours, z, 0.5))} / ${spread(p(ours, z, 0.99))}`, `${spread(p(theirs, z, 0.5))} / ${spread(p(theirs, z, 0.99))}`,
    `${spread(served.map((run) => run[i].p50))} / ${spread(served.map((run) => run[i].p99))}`, short(median(served.map((run) => run[i].bytes)))]));
  report.text(compare(list, ours[0], theirs[0], 'DuckDB'));
}

export async function measure(args, report) {
  for (const set of SETS) await measureSet(set, args, report);
}
