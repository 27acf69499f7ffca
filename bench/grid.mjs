// Counts on a 64 x 64 grid over a tile under a filter: ours with and without AVX2, DuckDB, PostGIS. One thread each,
// processor time. The answers of DuckDB must be ours, grid by grid.
import { asLines, csvOf, indexOf, PEERS_MAX_ROWS, perZoom, questions, rowsText, townOf } from './inputs.mjs';
import { ask, held, median, quantile, short, spread, sum } from './lib.mjs';
import { duckdbOf } from './peers/duckdb.mjs';
import { openPostgis } from './peers/postgis.mjs';

/// us[run][question] to rows of p50 and p99 over the questions of a zoom, for every run.
const byZoom = (list, runs) => perZoom(list, (_, z) => {
  const of = (q) => runs.map((us) => quantile(us.filter((_, i) => list[i].z === z), q) / 1e3);
  return { z, p50: of(0.5), p99: of(0.99) };
});
const cell = (t) => t ? `${spread(t.p50)} / ${spread(t.p99)}` : 'not run';
const ratio = (theirs, ours) => theirs ? `${short(median(theirs.p50) / median(ours.p50))} / ${short(median(theirs.p99) / median(ours.p99))}` : '';

export const askKernel = (index, list, ...more) =>
  ask('kernel', ['ask', index, ...more], asLines(list)).map(([us, sum, sha]) => ({ us: Number(us), sum: Number(sum), sha }));
export async function askAll(answer, list) {
  const answers = [];
  for (const q of list) answers.push(await answer(q));
  return answers;
}

/// Which answers differ, as one sentence.
export function compare(list, ours, theirs, name) {
  const apart = list.flatMap((q, i) => ours[i].sha === theirs[i].sha && ours[i].sum === theirs[i].sum ? [] :
    [`${q.z}/${q.x}/${q.y} ${q.filter}: ours ${ours[i].sum}, ${name} ${theirs[i].sum}`]);
  const total = sum(ours.map((o) => o.sum));
  return `${list.length - apart.length} of ${list.length} grids of ${name} equal ours, cell by cell (sum of all counts ${total}).` +
    (apart.length ? ` Not equal:\n\n    ${apart.slice(0, 20).join('\n    ')}` : '');
}

export async function measure({ rows, repeat, each, sample }, report) {
  const list = questions(each), few = perZoom(list, (of) => of.slice(0, sample)).flat(), index = indexOf(rows), peers = rows <= PEERS_MAX_ROWS;
  const duckdb = peers && await duckdbOf(townOf(rows), csvOf(rows)), postgis = peers && await openPostgis(rows);
  const avx2 = [], portable = [], duck = [], pg = [];
  for (let run = 0; run < repeat; run++) { // in turn, so that a noisy minute meets all of them
    avx2.push(askKernel(index, list));
    portable.push(askKernel(index, list, 'portable'));
    if (!peers) continue;
    duck.push(await askAll(duckdb.answer, list));
    pg.push(await askAll(postgis.grid, few));
  }
  if (peers) {
    duckdb.close();
    await postgis.close();
  }

  const [a, p, d, g] = [[list, avx2], [list, portable], [list, duck], [few, pg]].map(([of, runs]) =>
    runs.length ? byZoom(of, runs.map((run) => run.map((answer) => answer.us))) : []);
  report.heading(`Filtered grid of 64 x 64, ${rowsText(rows)}, one thread, processor time in ms, p50 / p99`);
  report.table(['zoom', 'hromada, AVX2', 'hromada, portable', 'DuckDB', 'PostGIS', 'portable : AVX2', 'DuckDB : AVX2', 'PostGIS : AVX2'],
    a.map((ours, i) => [`z${ours.z}`, cell(ours), cell(p[i]), cell(d[i]), cell(g[i]), ratio(p[i], ours), ratio(d[i], ours), ratio(g[i], ours)]));
  report.text(`${each} questions a zoom, of which PostGIS gets the first ${sample}; ${repeat} runs, median (least..most). ` +
    `Goal at z10: ${rows > 5e7 ? '' : `p50 0.3 ms (${held(median(a[0].p50), 0.3)}), p99 2 ms (${held(median(a[0].p99), 2)}), `}` +
    `portable within 4 x (${held(median(p[0].p50) / median(a[0].p50), 4)} / ${held(median(p[0].p99) / median(a[0].p99), 4)}).`);
  report.text(compare(list, avx2[0], portable[0], 'the portable kernel'));
  if (!peers) return;
  report.text(compare(list, avx2[0], duck[0], 'DuckDB'));
  const same = few.filter((q, i) => pg[0][i].sum === avx2[0][list.indexOf(q)].sum).length;
  report.text(`${same} of ${few.length} sums of PostGIS equal ours (without what its \`&&\` lets in from beyond the tile).`);
}
