// Bytes of the index file by section, read from its own table (src/index/format.h).
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { indexOf, rowsText } from './inputs.mjs';
import { held, short, sum } from './lib.mjs';

const HEADER = 64, ENTRY = 24;
/// As the program's own header has them.
const NAMES = [...readFileSync(new URL('../src/index/format.h', import.meta.url), 'utf8').matchAll(/^ {4}SECTION_(\w+)(?: = SECTION_AREA \+ 8)?,/gm)]
  .flatMap(([, name]) => (name === 'AREA' ? Array.from({ length: 8 }, (_, i) => `AREA + ${i}`) : [name]));
/// What a filter, a grid or a chart can read; the rest is for places, pop-ups and downloads.
const HOT = ['DAY', 'HOW', 'CATEGORY', 'OUTCOME', 'ANCHOR', 'STEPS', 'CELLS', 'CUBE'];

export function sections(path) {
  const bytes = Buffer.alloc(HEADER + NAMES.length * ENTRY), fd = openSync(path);
  readSync(fd, bytes, 0, bytes.length, 0);
  closeSync(fd);
  if (bytes.readUInt32LE(24) !== NAMES.length) throw new Error(`${path} has ${bytes.readUInt32LE(24)} sections, and src/index/format.h names ${NAMES.length}`);
  return Object.fromEntries(NAMES.map((name, i) => [name, Number(bytes.readBigUInt64LE(HEADER + i * ENTRY + 16))]));
}

export async function measure({ rows }, report) {
  const size = sections(indexOf(rows)), a_row = (names) => sum(names.map((n) => size[n])) / rows;
  const used = NAMES.filter((n) => size[n] / rows >= 0.005).sort((a, b) => size[b] - size[a]);
  report.heading(`Bytes of the index for each of ${rowsText(rows)}`);
  report.table(['section', 'bytes a row', 'hot'], [...used.map((n) => [n, short(a_row([n])), HOT.includes(n) ? 'yes' : '']),
    ['hot together', short(a_row(HOT)), ''], ['all', short(a_row(NAMES)), '']]);
  report.text(`Hot is what filters, grids and charts read. Goal: 8 hot bytes a row (${held(a_row(HOT), 8)}).`);
}
