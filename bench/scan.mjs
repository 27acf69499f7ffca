// How fast a filter goes over all rows, against how fast this machine reads memory: two columns of one byte, no dates,
// nothing in the cache. Both on one thread, in turn.
import { indexOf, rowsText } from './inputs.mjs';
import { ask, median, reached, short, spread } from './lib.mjs';

export async function measure({ rows, repeat }, report) {
  const run = (...more) => ask('kernel', ['limits', indexOf(rows), ...more]).map((pair) => pair.map(Number));
  const part = (pairs) => pairs.map(([memory, scan]) => 100 * scan / memory);
  const avx2 = [], portable = [];
  for (let k = 0; k < repeat; k++) avx2.push(...run()), portable.push(...run('portable'));
  report.heading(`Filtered scan of all of ${rowsText(rows)}, two columns, one thread`);
  report.table(['kernel', 'scan, GB/s', 'memory read, GB/s', 'scan in % of memory read', 'ms for all rows'], [['AVX2', avx2], ['portable', portable]].map(([name, pairs]) => [name,
    spread(pairs.map((p) => p[1])), spread(pairs.map((p) => p[0])), spread(part(pairs)), short(median(pairs.map((p) => 2 * rows / p[1] / 1e6)))]));
  report.text(`Pairs of one read of 1 GiB and one scan, ${avx2.length} of them. Goal: 70 % of memory read (${reached(median(part(avx2)), 70)}).`);
}
