// A tile over HTTP: scan, vector tile, gzip, from the real server over one connection, every request another filter.
// Beside it the time that PostGIS needs for the same tile as SQL with ST_AsMVT, without HTTP.
import { asPath, folderOf, indexOf, perZoom, questions, rowsText, spelled } from './inputs.mjs';
import { ask, held, median, quantile, serveFolder, short, spread } from './lib.mjs';
import { openPostgis } from './peers/postgis.mjs';

const ms = (list, q) => quantile(list, q) / 1e3;

/// Runs by zoom of { p50, p99, bytes }; each run has questions of its own, so that none is answered from the cache.
export async function measureServer(folder, { each, repeat }, path = asPath, change = (list) => list) {
  const server = await serveFolder(folder), runs = [];
  for (let run = 0; run <= repeat; run++) { // the first one warms up: the file's pages, the server's threads
    const list = change(questions(each, 1000 + run));
    const got = ask('client', [server.port], list.map((q) => `${path(q)}\n`).join(''))
      .map(([us, status, bytes], i) => ({ z: list[i].z, us: Number(us), status, bytes: Number(bytes) }));
    const bad = got.findIndex((a) => a.status !== '200' && a.status !== '204');
    if (bad >= 0) throw new Error(`${path(list[bad])} was answered with ${got[bad].status}`);
    if (run) runs.push(perZoom(got, (of, z) => ({ z, p50: ms(of.map((a) => a.us), 0.5), p99: ms(of.map((a) => a.us), 0.99),
      bytes: quantile(of.map((a) => a.bytes), 0.99) })));
  }
  await server.stop();
  return runs;
}

export async function measure(args, report) {
  const { rows, repeat, each, sample } = args;
  const runs = await measureServer(folderOf(rows), args, asPath, (list) => spelled(indexOf(rows), list));
  const postgis = await openPostgis(rows), few = perZoom(questions(each), (of) => of.slice(0, sample)).flat(), pg = [];
  for (let run = 0; run < repeat; run++) {
    pg.push([]);
    for (const q of few) pg[run].push({ z: q.z, us: (await postgis.tile(q)).wall_us });
  }
  await postgis.close();

  const table = perZoom([], (_, z) => z).map((z, i) => {
    const ours = (key) => runs.map((run) => run[i][key]);
    const theirs = (p) => pg.map((run) => ms(run.filter((a) => a.z === z).map((a) => a.us), p));
    return { z, p50: ours('p50'), p99: ours('p99'), bytes: median(ours('bytes')), pg50: theirs(0.5), pg99: theirs(0.99) };
  });
  report.heading(`The same as a tile over HTTP: MVT and gzip, one connection, ${rowsText(rows)}, wall ms, p50 / p99`);
  report.table(['zoom', 'hromada over HTTP', 'bytes, p99', 'PostGIS, ST_AsMVT, no HTTP', 'PostGIS : hromada'], table.map((t) => [`z${t.z}`,
    `${spread(t.p50)} / ${spread(t.p99)}`, short(t.bytes), `${spread(t.pg50)} / ${spread(t.pg99)}`,
    `${short(median(t.pg50) / median(t.p50))} / ${short(median(t.pg99) / median(t.p99))}`]));
  report.text(`${each} questions a zoom and run, none asked twice; PostGIS: ${sample} a zoom. ${repeat} runs, median (least..most). ` +
    'At z10 and z12 both make squares of a 64 x 64 grid; at z14 and z16 ours holds each place with its count, theirs the grid. ' +
    `Goal at z10: p50 0.8 ms (${held(median(table[0].p50), 0.8)}), p99 3 ms (${held(median(table[0].p99), 3)}).`);
}
