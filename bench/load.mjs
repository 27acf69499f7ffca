// Many at once, with the load generator (wrk) on the same cores: tiles each with another filter, and one answer of 20 KB
// again and again beside nginx that serves the same bytes as a file.
import { writeFileSync } from 'node:fs';
import { asPath, folderOf, indexOf, manyPaths, questions, rowsText, spelled } from './inputs.mjs';
import { ask, cache, reached, serveFolder, spread, median, short, timed } from './lib.mjs';
import { serveBytes } from './peers/nginx.mjs';

const THREADS = 2, CONNECTIONS = 64, WANTED_BYTES = 20000;

/// Requests and bytes a second, and how many there were. Each run begins `skip` paths further on.
export async function wrk(port, file, seconds, skip = 0, codings = 'gzip') {
  const { out } = await timed('wrk', ['-t', THREADS, '-c', CONNECTIONS, '-d', `${seconds}s`, '-s', new URL('paths.lua', import.meta.url).pathname,
    `http://127.0.0.1:${port}`, '--', file, skip, codings].map(String));
  const bad = out.match(/Non-2xx or 3xx responses: (\d+)|Socket errors:.*/);
  if (bad) throw new Error(`wrk: ${bad[0]}`);
  const [, read, unit] = out.match(/Transfer\/sec:\s*([\d.]+)(K|M|G|)B/);
  return { rate: Number(out.match(/Requests\/sec:\s*([\d.]+)/)[1]), done: Number(out.match(/(\d+) requests in/)[1]),
    bytes: Number(read) * 1024 ** ['', 'K', 'M', 'G'].indexOf(unit) };
}

async function distinct(rows, repeat, seconds) {
  const file = `${cache}/load.paths`, server = await serveFolder(folderOf(rows)), rates = [];
  const list = manyPaths(indexOf(rows), 5000 * seconds * (repeat + 1), 99); // as many as 20,000 a second would need
  writeFileSync(file, list.map((path) => `${path}\n`).join(''));
  let used = 0;
  for (let run = 0; run <= repeat; run++) {
    const { rate, done } = await wrk(server.port, file, run ? seconds : 1, used);
    used += Math.ceil(1.5 * done) + CONNECTIONS; // one thread may be quicker than the other
    if (run) rates.push(rate); // the first one warms up
  }
  await server.stop();
  return { rates, again: used > list.length };
}

/// The path whose answer is nearest to 20 KB, and the answer.
async function nearest(port, rows) {
  const list = spelled(indexOf(rows), questions(200)).filter((q) => q.z === 10).map((q) => asPath(q));
  const sizes = ask('client', [port], list.map((p) => `${p}\n`).join('')).map((a) => Math.abs(Number(a[2]) - WANTED_BYTES));
  const path = list[sizes.indexOf(Math.min(...sizes))];
  const { out } = await timed('curl', ['-s', '-H', 'Accept-Encoding: gzip', '-o', `${cache}/load.body`, '-w', '%{size_download}', `http://127.0.0.1:${port}${path}`]);
  return { path, bytes: Number(out) };
}

async function repeated(rows, repeat, seconds) {
  const server = await serveFolder(folderOf(rows)), { path, bytes } = await nearest(server.port, rows);
  const nginx = await serveBytes(`${cache}/load.body`), ours = [], theirs = [];
  const [[, , same]] = ask('client', [nginx.port], '/body\n');
  if (Number(same) !== bytes) throw new Error(`nginx answers with ${same} bytes, not with the ${bytes} of the file`);
  writeFileSync(`${cache}/load.one`, `${path}\n`);
  writeFileSync(`${cache}/load.static`, '/body\n');
  for (let run = 0; run < repeat; run++) {
    ours.push((await wrk(server.port, `${cache}/load.one`, seconds)).rate);
    theirs.push((await wrk(nginx.port, `${cache}/load.static`, seconds)).rate);
  }
  await Promise.all([server.stop(), nginx.stop()]);
  return { bytes, ours, theirs };
}

export async function measure({ rows, repeat, seconds }, report) {
  const { rates: mix, again } = await distinct(rows, repeat, seconds), { bytes, ours, theirs } = await repeated(rows, repeat, seconds);
  const goal = rows > 5e7 ? 1200 : 5000;
  report.heading(`Requests a second, ${rowsText(rows)}, wrk with ${CONNECTIONS} connections on the same cores`);
  report.table(['what', 'hromada', 'nginx, static file', 'hromada : nginx'], [
    ['tiles of z10, z12, z14 and z16 in turn, each with another filter', spread(mix), '', ''],
    [`the same answer of ${bytes} bytes again and again`, spread(ours), spread(theirs), short(median(ours) / median(theirs))]]);
  if (again) report.text('The questions did not suffice: some were asked twice, and may have been answered from the cache.');
  report.text(`${repeat} runs of ${seconds} s, median (least..most), ours and nginx in turn. Goals: ${goal} a second (${reached(median(mix), goal)}); ` +
    `nginx or better (${reached(median(ours) / median(theirs), 1)}).`);
}
