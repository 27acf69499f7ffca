// SPDX-License-Identifier: EUPL-1.2
// Archives of `hromada export pmtiles` as the reader of the npm package pmtiles sees them, against what the server answers
// for the same tiles. Prints TAP.
//
//   node tests/web/pmtiles.mjs build/hromada
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { Compression, PMTiles, TileType, tileIdToZxy } from 'pmtiles';
import { VectorTile } from '@mapbox/vector-tile';
import { PbfReader } from 'pbf';

const program = process.argv[2], MAX_ZOOM = 15;
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'hromada-pmtiles-'));
const hromada = (...args) => execFileSync(program, ['-D', dir, ...args], { stdio: ['ignore', 'pipe', 'inherit'] }).toString();

let n = 0, failed = 0;
function check(title, problem) {
  n++;
  if (problem) failed++;
  console.log(`${problem ? 'not ok' : 'ok'} ${n} - ${title}${problem ? `\n# ${problem}` : ''}`);
}

// The seed is printed and taken from HROMADA_SEED, as in the C tests (mulberry32).
let seed = Number(process.env.HROMADA_SEED ?? 20161124) >>> 0;
console.log(`# seed ${seed}`);
function random(below) {
  seed = (seed + 0x6D2B79F5) >>> 0;
  let t = Math.imul(seed ^ (seed >>> 15), seed | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
}

/** A file as the package's own FileSource in the browser reads one: pieces by offset and length. */
class FileSource {
  constructor(file) { this.file = file; this.fd = fs.openSync(file, 'r'); }
  getKey() { return this.file; }
  async getBytes(offset, length) {
    const bytes = new Uint8Array(length);
    const got = fs.readSync(this.fd, bytes, 0, length, offset);
    return { data: bytes.buffer.slice(0, got) };
  }
}
function archive(name, ...args) {
  const file = path.join(dir, `${name}.pmtiles`);
  const told = JSON.parse(hromada('export', 'pmtiles', '--json', '--max-zoom', String(MAX_ZOOM), ...args, file));
  return { file, told, reader: new PMTiles(new FileSource(file)) };
}

async function freePort() {
  const s = net.createServer();
  await new Promise((r) => { s.listen(0, '127.0.0.1', r); });
  const { port } = s.address();
  await new Promise((r) => { s.close(r); });
  return port;
}
async function serve() {
  const port = await freePort(), url = `http://127.0.0.1:${port}`;
  const child = spawn(program, ['-D', dir, 'serve', '--listen', `127.0.0.1:${port}`], { stdio: ['ignore', 'ignore', 'inherit'] });
  for (let i = 0; i < 300 && child.exitCode == null; i++) {
    if (await fetch(`${url}/healthz`).then((r) => r.ok, () => false)) return { url, child };
    await new Promise((r) => { setTimeout(r, 100); });
  }
  child.kill('SIGTERM');
  throw new Error('the server does not answer');
}

function headerProblem(h, file, told) {
  const size = fs.statSync(file).size;
  if (h.specVersion !== 3 || !h.clustered) return `version ${h.specVersion}, clustered ${h.clustered}`;
  if (h.internalCompression !== Compression.Gzip || h.tileCompression !== Compression.Gzip || h.tileType !== TileType.Mvt) return 'kinds';
  if (h.rootDirectoryOffset + h.rootDirectoryLength > 16384) return 'the root is too long';
  if (h.tileDataOffset + h.tileDataLength !== size || told.bytes !== size) return `${size} bytes`;
  if (told.addressed !== h.numAddressedTiles || told.tiles !== h.numTileEntries || told.contents !== h.numTileContents) return `told ${JSON.stringify(told)}`;
  if (!(h.minLon < h.centerLon && h.centerLon < h.maxLon && h.minLat < h.centerLat && h.centerLat < h.maxLat)) return 'the center is outside';
  return null;
}

/** Tiles in and around the archive's bounds, at all zooms, and some of anywhere. */
function* places(h, count) {
  for (let i = 0; i < count; i++) {
    const z = random(MAX_ZOOM + 1), side = 2 ** z;
    if (random(10) === 0) { yield [z, random(side), random(side)]; continue; }
    const lon = h.minLon + ((random(1400) - 200) / 1000) * (h.maxLon - h.minLon);
    const lat = h.minLat + ((random(1400) - 200) / 1000) * (h.maxLat - h.minLat);
    const x = Math.floor(((lon + 180) / 360) * side), s = Math.asinh(Math.tan((lat * Math.PI) / 180));
    yield [z, Math.min(side - 1, Math.max(0, x)), Math.min(side - 1, Math.max(0, Math.floor((0.5 - s / (2 * Math.PI)) * side)))];
  }
}

async function compare(title, made, ask, same) {
  const h = await made.reader.getHeader();
  let full = 0, empty = 0, problem = headerProblem(h, made.file, made.told);
  for (const [z, x, y] of places(h, 250)) {
    if (problem) break;
    const want = await ask(z, x, y), got = await made.reader.getZxy(z, x, y);
    if (got) full++; else empty++;
    if (!got !== !want.length) problem = `${z}/${x}/${y}: the server gives ${want.length} bytes, the archive ${got?.data.byteLength}`;
    else if (got && !same(Buffer.from(got.data), want)) problem = `${z}/${x}/${y} differs`;
  }
  check(`${title}: ${full} tiles are the server's, ${empty} are empty there, too`, problem ?? (full > 20 && empty > 20 ? null : 'too few of them'));
  return h;
}

/** Layers, their features and what they say, by name of the layer. */
function features(bytes) {
  const tile = new VectorTile(new PbfReader(bytes)), out = {};
  for (const [name, layer] of Object.entries(tile.layers))
    out[name] = Array.from({ length: layer.length }, (_, i) => { const f = layer.feature(i); return [f.id, f.type, f.properties, f.loadGeometry()]; });
  return out;
}

const equal = (a, b) => a.equals(b);
/** The same text whatever the order of the layers. */
const text = (layers) => JSON.stringify(Object.keys(layers).sort().map((name) => [name, layers[name]]));
let server;
try {
  hromada('demo', '--incidents', '30000');
  server = await serve();
  const release = await (await fetch(`${server.url}/v1/release`)).json();
  const get = (layer, query = '') => async (z, x, y) => {
    const r = await fetch(`${server.url}/tiles/${release.release}/${layer}/${z}/${x}/${y}.mvt${query}`);
    if (!r.ok) throw new Error(`${layer} ${z}/${x}/${y} answers ${r.status}`);
    return Buffer.from(await r.arrayBuffer());
  };
  const set = release.sets[0].set ?? release.sets[0].key;
  const filter = 'hours=22-5&days=fri,sat';

  await compare('incidents', archive('incidents', '--layer', 'incidents'), get('incidents'), equal);
  const some = await compare('incidents under a filter', archive('some', '--layer', 'incidents', ...filter.split('&')), get('incidents', `?${filter}`), equal);
  await compare('areas', archive('areas', '--layer', `areas-${set}`), get(`areas-${set}`), equal);
  await compare('background', archive('base', '--layer', 'base'), get('base'), equal);

  // All layers in one: those of the server, each set's by its own name.
  const layers = [['incidents', ''], ['base', ''], ...release.sets.map((s) => [`areas-${s.set ?? s.key}`, `-${s.set ?? s.key}`])];
  const all = archive('all');
  await compare('all layers', all, async (z, x, y) => {
    const out = {};
    for (const [layer, suffix] of layers)
      for (const [name, list] of Object.entries(features(await get(layer)(z, x, y)))) out[name + suffix] = list;
    return Object.keys(out).length ? text(out) : '';
  }, (bytes, want) => text(features(bytes)) === want);

  const about = await all.reader.getMetadata();
  const names = about.vector_layers.map((l) => l.id), found = new Set();
  for (let z = 0; z <= MAX_ZOOM; z += 1) {
    const id = (4 ** z - 1) / 3, [, x, y] = tileIdToZxy(id + random(4 ** z)), t = await all.reader.getZxy(z, x, y);
    for (const name of t ? Object.keys(features(Buffer.from(t.data))) : []) found.add(name);
  }
  check('what it says about itself', [...found].every((f) => names.includes(f)) && about.version === String(release.release) && about.name === release.town
    && about.attribution && about.vector_layers.every((l) => l.fields && l.minzoom <= l.maxzoom) ? null : JSON.stringify(about).slice(0, 400));
  check('the filter is named', (await new PMTiles(new FileSource(path.join(dir, 'some.pmtiles'))).getMetadata()).filter === filter && some.maxZoom === MAX_ZOOM ? null : 'other words');

  const again = archive('again');
  check('the same release, the same bytes', fs.readFileSync(again.file).equals(fs.readFileSync(all.file)) ? null : 'other bytes');
  const none = archive('none', '--layer', 'incidents', 'from=1999', 'to=1999');
  const first = await none.reader.getZxy(0, 0, 0);
  check('an archive of nothing can be read', first && first.data.byteLength === 0 && none.told.addressed === 1 && !(await none.reader.getZxy(5, 18, 11)) ? null : JSON.stringify(none.told));
} catch (error) {
  check('the run', error.stack);
} finally {
  server?.child.kill('SIGTERM');
  fs.rmSync(dir, { recursive: true, force: true });
}
console.log(`1..${n}`);
process.exit(failed ? 1 : 0);
