// Time against rows, from a hundred thousand on by powers of ten, as a table and as doc/growth.svg. Import through the
// program goes up to ten million rows; the other lines begin with the index.
import { rmSync, writeFileSync } from 'node:fs';
import { asLines, csvOf, indexOf, questions, rowsText } from './inputs.mjs';
import { ask, cache, median, quantile, root, short } from './lib.mjs';
import { importAndPublish } from './import.mjs';
import { plot } from './plot.mjs';

const IMPORT_MAX = 1e7;

/// Seconds of one thread: p50 and p99 of a question, by the second of two rounds, `repeat` times.
function asked(verb, index, list, q, repeat) {
  return median(Array.from({ length: repeat }, () => quantile(ask('kernel', [verb, index], asLines(list)).map(([us]) => Number(us)), q))) / 1e6;
}

function built(rows, repeat) {
  const path = `${cache}/growth.index`, took = [];
  for (let run = 0; run < repeat; run++) {
    const [line] = ask('kernel', ['build', path, rows]);
    took.push(Number(line[3]) + Number(line[8]));
  }
  rmSync(path);
  return median(took);
}

async function imported(rows) {
  const { import: read, publish } = await importAndPublish(`${cache}/growth`, [csvOf(rows)]);
  rmSync(`${cache}/growth`, { recursive: true });
  return read.wall_s + publish.wall_s;
}

const LINES = {
  'import and publish, CSV to release': async (rows) => rows <= IMPORT_MAX ? imported(rows) : undefined,
  'index built from rows in memory': async (rows, repeat) => built(rows, repeat),
  'scan of all rows': async (rows) => median(ask('kernel', ['limits', indexOf(rows)]).map(([, rate]) => 2 * rows / Number(rate) / 1e9)),
  'grid at z10, p99': async (rows, repeat, list) => asked('ask', indexOf(rows), list, 0.99, repeat),
  'grid at z10, p50': async (rows, repeat, list) => asked('ask', indexOf(rows), list, 0.5, repeat),
  'linked charts, to the day, p99': async (rows, repeat, list) => asked('facets', indexOf(rows), list, 0.99, repeat),
};

/// By how much the time grows when the rows do, between the last two sizes: 1 is linear, below it better.
function exponent(points) {
  if (points.length < 2) return '';
  const [[x0, y0], [x1, y1]] = points.slice(-2);
  return short(Math.log(y1 / y0) / Math.log(x1 / x0));
}

export async function measure({ power, repeat, each }, report) {
  const sizes = Array.from({ length: power - 4 }, (_, i) => 10 ** (5 + i)), list = questions(each).filter((q) => q.z === 10), series = [];
  for (const [name, of] of Object.entries(LINES)) {
    const points = [];
    for (const rows of sizes) {
      const value = await of(rows, repeat, list);
      if (value !== undefined) points.push([rows, value]);
    }
    series.push({ name, points });
  }
  writeFileSync(`${root}doc/growth.svg`, plot({ title: 'Time against rows', xLabel: 'rows', yLabel: 'time', series }));
  report.heading('Growth: seconds against rows');
  report.table(['what', ...sizes.map(rowsText), 'exponent'], series.map(({ name, points }) =>
    [name, ...sizes.map((rows) => { const p = points.find(([at]) => at === rows); return p ? short(p[1]) : ''; }), exponent(points)]));
  report.text('![Time against rows](growth.svg)\n\nThe exponent is that of the last step: 1 is linear, less is better.');
}
