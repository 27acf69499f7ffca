// Measures the program beside a peer in one run, and prints a Markdown table for doc/benchmarks.md.
//   node tools/bench.mjs HROMADA FOLDER     (called by script/bench; FOLDER is emptied)
// Peer: the sqlite3 shell on the same rows, with an index on (x, y) and one on the time, asked for the same counts.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { createInterface } from 'node:readline';
import os from 'node:os';

const [hromada, folder] = process.argv.slice(2);
const RUNS = 5;
const QUERIES = 200;
const rows = [];
const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];
const quantile = (list, q) => [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * q))];
const range = (list) => `${Math.min(...list).toFixed(2)}..${Math.max(...list).toFixed(2)}`;
let state = 42n; // splitmix64, as everywhere
function random() {
  state = (state + 0x9E3779B97F4A7C15n) & 0xFFFFFFFFFFFFFFFFn;
  let z = state;
  z = ((z ^ (z >> 30n)) * 0xBF58476D1CE4E5B9n) & 0xFFFFFFFFFFFFFFFFn;
  z = ((z ^ (z >> 27n)) * 0x94D049BB133111EBn) & 0xFFFFFFFFFFFFFFFFn;
  return Number((z ^ (z >> 31n)) >> 11n) / 2 ** 53;
}
const seconds = (run) => { const t = process.hrtime.bigint(); run(); return Number(process.hrtime.bigint() - t) / 1e9; };

// -- import: five times into an empty folder, beside the peer's .import with its indexes ---------------------------------
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const demo = `${folder}/demo`;
execFileSync(hromada, ['-D', demo, 'demo'], { stdio: 'ignore' });
const csv = readdirSync(`${demo}/demo-files`).filter((f) => /^police-.*csv$/.test(f)).map((f) => `${demo}/demo-files/${f}`);
const ours = [], theirs = [];
for (let i = 0; i < RUNS; i++) {
  const town = `${folder}/town${i}`, db = `${folder}/peer${i}.db`;
  execFileSync(hromada, ['-D', town, 'init', '--timezone', 'Europe/Kyiv'], { stdio: 'ignore' });
  ours.push(seconds(() => spawnSync(hromada, ['-D', town, 'import', '--as', 'demo-police', ...csv], { stdio: 'ignore' })));
  const sql = ['PRAGMA journal_mode=WAL;', '.mode csv',
    'CREATE TABLE raw(id, x REAL, y REAL, mp, date, state, relevance, types);',
    ...csv.map((f) => `.import --skip 1 ${f} raw`),
    'CREATE TABLE incident AS SELECT DISTINCT id, x, y, date, state, types FROM raw;',
    'CREATE UNIQUE INDEX by_id ON incident(id, types);', 'CREATE INDEX by_place ON incident(x, y);', 'CREATE INDEX by_date ON incident(date);'];
  theirs.push(seconds(() => spawnSync('sqlite3', [db], { input: sql.join('\n'), stdio: ['pipe', 'ignore', 'ignore'] })));
  if (i) { rmSync(town, { recursive: true }); rmSync(db, { force: true }); }
}
rows.push(['import of four police files (checks, zones, history)', `${median(ours).toFixed(2)} s (${range(ours)})`,
  `sqlite3 .import and three indexes: ${median(theirs).toFixed(2)} s (${range(theirs)})`, (median(theirs) / median(ours)).toFixed(2)]);
const publish = [];
for (let i = 0; i < RUNS; i++) publish.push(seconds(() => execFileSync(hromada, ['-D', demo, 'publish'], { stdio: 'ignore' })));
rows.push(['publish and index of the demo town', `${median(publish).toFixed(2)} s (${range(publish)})`, '', '']);

// -- questions over HTTP, one connection, every one another filter --------------------------------------------------------
const server = spawn(hromada, ['-D', demo, 'serve', '--listen', '127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'inherit'] });
const port = await new Promise((resolve, reject) => {
  createInterface({ input: server.stdout }).on('line', (l) => { const m = l.match(/:(\d+)\//); if (m) resolve(+m[1]); });
  server.on('exit', () => reject(new Error('the server stopped')));
});
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const ask = (path) => new Promise((resolve, reject) => {
  const began = process.hrtime.bigint();
  request({ host: '127.0.0.1', port, path, agent, headers: { 'Accept-Encoding': 'gzip' } }, (res) => {
    const parts = [];
    res.on('data', (d) => parts.push(d));
    res.on('end', () => res.statusCode === 200 || res.statusCode === 204
      ? resolve({ ms: Number(process.hrtime.bigint() - began) / 1e6, body: Buffer.concat(parts) })
      : reject(new Error(`${path}: ${res.statusCode} ${Buffer.concat(parts)}`)));
  }).on('error', reject).end();
});
const release = JSON.parse(await new Promise((resolve, reject) => {
  request({ host: '127.0.0.1', port, path: '/v1/release', agent }, (res) => {
    let text = ''; res.on('data', (d) => text += d); res.on('end', () => resolve(text));
  }).on('error', reject).end();
}));
const [w, s, e, n] = release.extent;
function filter() {
  const from = Math.floor(random() * 48), length = 1 + Math.floor(random() * (60 - from - 1));
  const month = (i) => `${2021 + Math.floor(i / 12)}-${String(i % 12 + 1).padStart(2, '0')}`;
  const cats = release.categories.filter(() => random() < 0.4).map((c) => c.key);
  const hour = Math.floor(random() * 24);
  return [`from=${month(from)}`, `to=${month(from + length)}`, cats.length ? `cat=${cats.join(',')}` : '',
    random() < 0.6 ? `hours=${hour}-${(hour + 6) % 24}` : '', random() < 0.4 ? 'days=fri,sat' : ''].filter(Boolean).join('&');
}
function tile(z) {
  const lon = w + random() * (e - w), lat = s + random() * (n - s), k = 2 ** z, r = lat * Math.PI / 180;
  return [z, Math.floor((lon + 180) / 360 * k), Math.floor((1 - Math.asinh(Math.tan(r)) / Math.PI) / 2 * k)];
}
async function measure(name, path) {
  const times = [];
  for (let i = 0; i < QUERIES; i++) times.push((await ask(path())).ms);
  rows.push([name, `p50 ${quantile(times, 0.5).toFixed(2)} ms, p99 ${quantile(times, 0.99).toFixed(2)} ms`, '', '']);
  return times;
}
for (const z of [10, 12, 14, 16])
  await measure(`tile z${z}, ${QUERIES} filters, MVT and gzip over HTTP`, () => `/tiles/${release.release}/incidents/${tile(z).join('/')}.mvt?${filter()}`);
await measure(`all facets, linked, ${QUERIES} filters`, () => `/v1/facets?${filter()}`);
server.kill('SIGTERM');

// -- the same kind of question in the peer, without HTTP -------------------------------------------------------------------
const peer = [];
for (let i = 0; i < 20; i++) {
  const hour = Math.floor(random() * 24);
  const sql = `SELECT count(*) FROM (SELECT cast((x - ${w}) * 64 / ${e - w} AS INT) a, cast((y - ${s}) * 64 / ${n - s} AS INT) b, count(*)
    FROM incident WHERE date >= '2022-01' AND date < '2024-06' AND types IN ('1', '18', '35') AND cast(substr(date, 12, 2) AS INT) >= ${hour} GROUP BY a, b);`;
  peer.push(seconds(() => execFileSync('sqlite3', [`${folder}/peer0.db`, sql])) * 1000);
}
rows.push(['grid of 64 x 64 in the sqlite3 shell (with the start of the shell)', '', `p50 ${quantile(peer, 0.5).toFixed(1)} ms`, '']);

const cpu = os.cpus()[0].model, memory = (os.totalmem() / 2 ** 30).toFixed(0);
console.log(`${new Date().toISOString().slice(0, 10)}, ${os.cpus().length} x ${cpu}, ${memory} GiB, ${release.rows} incidents; medians of ${RUNS}, least..most\n`);
console.log('| what | hromada | peer | times faster |\n| --- | --- | --- | --- |');
for (const r of rows) console.log(`| ${r.join(' | ')} |`);
rmSync(folder, { recursive: true, force: true });
