// crossfilter2 on the columns that kernel.c writes: days, hours of the week and kinds in typed arrays, three dimensions
// with the groups of a chart each. A program of its own, because it needs gigabytes:
//   node --max-old-space-size=16000 crossfilter.mjs COLUMNS <changes
// Reads a JSON list of filter changes, { by: 'kind' | 'day' | 'how', values | range }, and prints for each the processor
// microseconds until all three charts are known, the total, and the hash of their counts.
import crossfilter from 'crossfilter2';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const HOW_VALUES = 176, KINDS = 32;
const bytes = readFileSync(process.argv[2]), n = bytes.length / 4;
const day = new Uint16Array(n), how = new Uint8Array(n), kind = new Uint8Array(n), month = new Uint16Array(n);
const monthOf = Array.from({ length: 65536 }, (_, d) => { const t = new Date(d * 864e5); return t.getUTCFullYear() * 12 + t.getUTCMonth(); });
let least = 65535, most = 0;
for (let i = 0; i < n; i++) {
  day[i] = bytes[4 * i] | bytes[4 * i + 1] << 8;
  how[i] = bytes[4 * i + 2];
  kind[i] = bytes[4 * i + 3];
  month[i] = monthOf[day[i]];
  if (month[i] < least) least = month[i];
  if (month[i] > most) most = month[i];
}
const began = performance.now(), all = crossfilter(Array.from({ length: n }, (_, i) => i));
const dimension = { kind: all.dimension((i) => kind[i]), day: all.dimension((i) => day[i]), how: all.dimension((i) => how[i]) };
const charts = [dimension.kind.group().reduceCount(), dimension.day.group((d) => monthOf[d]).reduceCount(), dimension.how.group().reduceCount()];
const total = all.groupAll().reduceCount();
process.stdout.write(`built ${(performance.now() - began) / 1e3} ${process.memoryUsage.rss() / 2 ** 20}\n`);

const sizes = [KINDS, most - least + 1, HOW_VALUES], first = [0, least, 0];
function hash() {
  const hasher = createHash('sha256');
  charts.forEach((chart, k) => {
    const counts = new BigUint64Array(sizes[k]);
    for (const { key, value } of chart.all()) counts[key - first[k]] = BigInt(value);
    hasher.update(counts);
  });
  return hasher.digest('hex');
}
for (const { by, values, range } of JSON.parse(readFileSync(0, 'utf8'))) {
  const set = values && new Set(values), before = process.cpuUsage();
  if (range) dimension[by].filterRange(range);
  else if (set) dimension[by].filterFunction((v) => set.has(v));
  else dimension[by].filterAll();
  for (const chart of charts) chart.all();
  const counted = total.value(), { user, system } = process.cpuUsage(before);
  process.stdout.write(`${user + system} ${counted} ${hash()}\n`);
}
