// What is measured with: rows of the invented city, an index and a data folder of them, and questions. All of it follows
// from a number of rows and a seed, so it is made once and kept in .cache/bench; the index anew with every build.
import { closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { ask, cache, count, program } from './lib.mjs';

export const ZOOMS = [10, 12, 14, 16];
const SEED = 42;
/// What files of so many rows are called. The number in it goes up when town.c or gen.c make other rows.
export const townOf = (rows) => `town2-${rows}`;
const say = (text) => process.stderr.write(`    ${text}\n`);

/// The file under its name, made by `make(path)` under another one first, so that what is half done is never taken.
function kept(name, make, since = 0) {
  const path = `${cache}/${name}`;
  if (existsSync(path) && statSync(path).mtimeMs >= since) return path;
  say(`making .cache/bench/${name}`);
  for (const old of [path, `${path}.new`]) rmSync(old, { recursive: true, force: true });
  make(`${path}.new`);
  renameSync(`${path}.new`, path);
  return path;
}

function writeTo(path, name, args) {
  const fd = openSync(path, 'w');
  const { status } = spawnSync(program(name), args.map(String), { stdio: ['ignore', fd, 'inherit'] });
  closeSync(fd);
  if (status) throw new Error(`${name} ended with ${status}`);
}

/// The Chicago portal's 22 columns.
export const csvOf = (rows) => kept(`${townOf(rows)}.csv`, (path) => writeTo(path, 'gen', [rows, SEED]));
/// Day, hour of the week and kind, 4 bytes a row.
export const columnsOf = (rows) => kept(`${townOf(rows)}.columns`, (path) => writeTo(path, 'kernel', ['columns', rows, SEED]));

/// A data folder as `hromada serve` wants it: one release, whose index has every row at its exact point. Returns its path.
export function folderOf(rows) {
  return kept(townOf(rows), (folder) => {
    mkdirSync(`${folder}/releases/1`, { recursive: true });
    ask('kernel', ['build', `${folder}/releases/1/public.index`, rows, SEED]);
    writeFileSync(`${folder}/releases/current`, '1\n');
  }, statSync(program('kernel')).mtimeMs);
}
export const indexOf = (rows) => `${folderOf(rows)}/releases/1/public.index`;

// -- questions -------------------------------------------------------------------------------------------------------
const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

function readQuestion([z, x, y, text = '']) {
  const filter = text.replace(/&$/, ''), part = Object.fromEntries(new URLSearchParams(filter));
  const [first, last] = part.hours?.split('-').map(Number) ?? [];
  const hours = part.hours && Array.from({ length: (last - first + 24) % 24 + 1 }, (_, i) => (first + i) % 24);
  return { z: Number(z), x: Number(x), y: Number(y), filter, from: part.from, to: part.to, hours,
    kinds: part.cat?.split(','), days: part.days?.split(',').map((d) => DAYS.indexOf(d)) };
}

/// `each` of them for every zoom; another seed gives others.
export const questions = (each, seed = 4711) => ask('kernel', ['queries', each, seed]).map(readQuestion);
/// The same as the server's own pages would write them in a link: such answers may be kept.
export const spelled = (index, list) => ask('kernel', ['spell', index], asLines(list)).map(readQuestion);
/// The paths of very many questions, zoom by zoom in turn, none of them twice.
export function manyPaths(index, each, seed) {
  const lines = ask('kernel', ['spell', index], ask('kernel', ['queries', each, seed]).map((words) => `${words.join(' ')}\n`).join(''));
  const inTurn = lines.map((_, i) => lines[i % ZOOMS.length * each + Math.floor(i / ZOOMS.length)]);
  return [...new Set(inTurn.map(([z, x, y, filter = '']) => asPath({ z, x, y, filter })))];
}
export const asLines = (list) => list.map((q) => `${q.z} ${q.x} ${q.y} ${q.filter}\n`).join('');
export const asPath = (q, release = 1) => `/tiles/${release}/incidents/${q.z}/${q.x}/${q.y}.mvt${q.filter && '?'}${q.filter}`;

/// The filter as conditions of SQL on the columns kind (a number of `numbers`, by key), day, hour and weekday (0: Monday).
export function conditions(q, numbers) {
  return [q.kinds && `kind IN (${q.kinds.map((k) => numbers.get(k) ?? -1)})`,
    q.from && `day BETWEEN DATE '${q.from}' AND DATE '${q.to}'`,
    q.hours && `hour IN (${q.hours})`, q.days && `weekday IN (${q.days})`].filter(Boolean);
}

export const perZoom = (list, of) => ZOOMS.map((z) => of(list.filter((q) => q.z === z), z));
/// Beyond this many rows the peers are left out: they would need days and the disk.
export const PEERS_MAX_ROWS = 2e7;
export const rowsText = (rows) => `${count(rows)} rows`;
