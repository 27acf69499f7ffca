// A tile over HTTP: scan, vector tile, gzip, from the real server over one connection, every request another filter.
// Beside it the time that PostGIS needs for the same tile as SQL with ST_AsMVT, without HTTP.
import { asPath, folderOf, indexOf, PEERS_MAX_ROWS, perZoom, questions, rowsText, spelled, ZOOMS } from './inputs.mjs';
import { askAll } from './grid.mjs';
import { ask, held, median, quantile, serveFolder, short, spread } from './lib.mjs';
import { openPostgis } from './peers/postgis.mjs';

const ms = (list, q) => quantile(list, q) / 1e3;

/// Runs by zoom of { p50, p99, bytes }; each run has questions of its own, so that none is answered from the cache, and
/// `change` fits them to the release.
export async function measureServer(folder, { each, repeat }, change) {
  const server = await serveFolder(folder), runs = [];
  for (let run = 0; run <= repeat; run++) { // the first one warms up: the file's pages, the server's threads
    const list = change(questions(each, 1000 + run));
    const got = ask('client', [server.port], list.map((q) => `${asPath(q)}\n`).join(''))
      .map(([us, status, bytes], i) => ({ z: list[i].z, us: Number(us), status, bytes: Number(bytes) }));
    const bad = got.findIndex((a) => a.status !== '200' && a.status !== '204');
    if (bad >= 0) throw new Error(`${asPath(list[bad])} was answered with ${got[bad].status}`);
    if (run) runs.push(perZoom(got, (of, z) => ({ z, p50: ms(of.map((a) => a.us), 0.5), p99: ms(of.map((a) => a.us), 0.99),
      bytes: quantile(of.map((a) => a.bytes), 0.99) })));
  }
  await server.stop();
  return runs;
}

async function askPostgis(rows, list, repeat) {
  const db = await openPostgis(rows), runs = [];
  for (let run = 0; run < repeat; run++) runs.push(await askAll(async (q) => ({ z: q.z, us: (await db.tile(q)).wall_us }), list));
  await db.close();
  return runs;
}

export async function measure(args, report) {
  const { rows, repeat, each, sample } = args;
  const runs = await measureServer(folderOf(rows), args, (list) => spelled(indexOf(rows), list));
  const few = perZoom(questions(each), (of) => of.slice(0, sample)).flat();
  const pg = rows <= PEERS_MAX_ROWS ? await askPostgis(rows, few, repeat) : undefined;

  const goal = rows > 5e7 ? { p50: Infinity, p99: 15 } : { p50: 0.8, p99: 3 };
  report.heading(`The same as a tile over HTTP: MVT and gzip, one connection, ${rowsText(rows)}, wall ms, p50 / p99`);
  report.table(['zoom', 'hromada over HTTP', 'bytes, p99', 'PostGIS, ST_AsMVT, no HTTP', 'PostGIS : hromada'], ZOOMS.map((z, i) => {
    const ours = (key) => runs.map((run) => run[i][key]);
    const theirs = pg && [0.5, 0.99].map((p) => pg.map((run) => ms(run.filter((a) => a.z === z).map((a) => a.us), p)));
    return [`z${z}`, `${spread(ours('p50'))} / ${spread(ours('p99'))}`, short(median(ours('bytes'))), theirs ? theirs.map(spread).join(' / ') : 'not run',
      theirs ? `${short(median(theirs[0]) / median(ours('p50')))} / ${short(median(theirs[1]) / median(ours('p99')))}` : ''];
  }));
  const [p50, p99] = ['p50', 'p99'].map((key) => median(runs.map((run) => run[0][key])));
  report.text(`${each} questions a zoom, others in every run, so that none is answered from the cache; PostGIS: ${sample} a zoom. ${repeat} runs, median (least..most). ` +
    'At z10 and z12 both make squares of a 64 x 64 grid; at z14 and z16 ours holds each place with its count, theirs the grid. ' +
    `Goal at z10: ${goal.p50 < Infinity ? `p50 ${goal.p50} ms (${held(p50, goal.p50)}), ` : ''}p99 ${goal.p99} ms (${held(p99, goal.p99)}).`);
}
