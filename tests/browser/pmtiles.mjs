// SPDX-License-Identifier: EUPL-1.2
// Writes a PMTiles file, version 3 (https://github.com/protomaps/PMTiles/blob/main/spec/v3/spec.md), for the tests: one
// root directory, nothing compressed but what the tiles already are. Judged by the reader of the npm package pmtiles.
import { zxyToTileId } from 'pmtiles';

const HEADER = 127, NONE = 1, GZIP = 2, MVT = 1, MAX_ROOT = 16384 - HEADER;

function varints(numbers) {
  const out = [];
  for (let n of numbers) {
    while (n >= 0x80) { out.push((n % 0x80) | 0x80); n = Math.floor(n / 0x80); }
    out.push(n);
  }
  return Buffer.from(out);
}

/**
 * @param tiles [{z, x, y, data}] with y from the north; at least one
 * @param about {name, attribution, minZoom, maxZoom, bounds: [w, s, e, n], layers: vector_layers, gzip: whether data is}
 */
export function pmtiles(tiles, about) {
  const list = tiles.map((t) => ({ id: zxyToTileId(t.z, t.x, t.y), data: t.data })).sort((a, b) => a.id - b.id);
  let at = 0;
  const offsets = list.map((t) => { const o = at; at += t.data.length; return o; });
  const root = varints([
    list.length, ...list.map((t, i) => t.id - (i ? list[i - 1].id : 0)), ...list.map(() => 1), ...list.map((t) => t.data.length),
    ...list.map((t, i) => (i ? 0 : offsets[0] + 1)), // tiles follow each other: 0 says so
  ]);
  if (root.length > MAX_ROOT) throw new Error(`${list.length} tiles are too many for one directory`);
  const metadata = Buffer.from(JSON.stringify({ name: about.name, attribution: about.attribution, vector_layers: about.layers }));
  const head = Buffer.alloc(HEADER);
  head.write('PMTiles');
  head.writeUInt8(3, 7);
  const lengths = [[HEADER, root.length], [HEADER + root.length, metadata.length], [0, 0], [HEADER + root.length + metadata.length, at]];
  [...lengths.flat(), list.length, list.length, list.length].forEach((n, i) => head.writeBigUInt64LE(BigInt(n), 8 + 8 * i));
  [1, NONE, about.gzip ? GZIP : NONE, MVT, about.minZoom, about.maxZoom].forEach((n, i) => head.writeUInt8(n, 96 + i));
  const [w, s, e, n] = about.bounds;
  [w, s, e, n].forEach((d, i) => head.writeInt32LE(Math.round(d * 1e7), 102 + 4 * i));
  head.writeUInt8(about.minZoom, 118);
  head.writeInt32LE(Math.round(((w + e) / 2) * 1e7), 119);
  head.writeInt32LE(Math.round(((s + n) / 2) * 1e7), 123);
  return Buffer.concat([head, root, metadata, ...list.map((t) => t.data)]);
}

/** A vector tile whose layer of that name is one polygon over all of it and a little beyond. */
export function fullTile(layer, extent = 4096) {
  const edge = 64, zig = (n) => (n < 0 ? -2 * n - 1 : 2 * n), side = extent + 2 * edge;
  const field = (number, bytes) => Buffer.concat([varints([number * 8 + 2, bytes.length]), bytes]);
  const geometry = varints([9, zig(-edge), zig(-edge), 26, zig(side), 0, 0, zig(side), zig(-side), 0, 15]);
  const feature = Buffer.concat([field(2, varints([0, 0])), Buffer.from([0x18, 3]), field(4, geometry)]);
  return field(3, Buffer.concat([
    Buffer.from([0x78, 2]), field(1, Buffer.from(layer)), field(2, feature), field(3, Buffer.from('class')),
    field(4, field(1, Buffer.from('lake'))), Buffer.from([0x28]), varints([extent]),
  ]));
}
