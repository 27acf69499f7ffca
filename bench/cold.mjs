// From nothing in memory to the first whole tile of the city: the index is thrown out of the page cache, the server is
// started, and asked for a tile of z10 without a filter.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { folderOf, indexOf, questions, rowsText } from './inputs.mjs';
import { ask, held, median, serveFolder, spread } from './lib.mjs';

/// By dd's own recipe for advising the system to drop the cache of a whole file; what stays is counted.
function evict(path) {
  execFileSync('sync', [path]);
  execFileSync('dd', [`if=${path}`, 'iflag=nocache', 'count=0'], { stdio: 'ignore' });
  return Number(execFileSync('fincore', ['-b', '-n', '-o', 'RES', path], { encoding: 'utf8' }));
}

/// The tile in which most of the seeded questions at z10 lie.
function cityTile() {
  const seen = new Map();
  for (const q of questions(200)) if (q.z === 10) seen.set(`${q.x}/${q.y}`, (seen.get(`${q.x}/${q.y}`) ?? 0) + 1);
  return `/tiles/1/incidents/10/${[...seen].sort((a, b) => b[1] - a[1])[0][0]}.mvt`;
}

export async function measure({ rows, repeat }, report) {
  const path = cityTile(), ms = [], ready = [], anonymous = [];
  let left = 0;
  for (let run = 0; run < repeat; run++) {
    left = Math.max(left, evict(indexOf(rows)));
    const began = performance.now(), server = await serveFolder(folderOf(rows));
    ready.push(performance.now() - began);
    const [[, status]] = ask('client', [server.port], `${path}\n`);
    ms.push(performance.now() - began);
    if (status !== '200') throw new Error(`${path} was answered with ${status}`);
    anonymous.push(Number(readFileSync(`/proc/${server.pid}/status`, 'latin1').match(/RssAnon:\s*(\d+)/)[1]) / 1024);
    await server.stop();
  }
  const goal = rows > 5e7 ? 250 : 100;
  report.heading(`Cold start to the first whole tile of the city (z10), ${rowsText(rows)}`);
  report.table(['start of the process to', 'ms'], [['listening', spread(ready)], ['the whole tile', spread(ms)]]);
  report.text(`${repeat} starts; ${left} bytes of the index were left in memory by the worst of the evictions. Anonymous memory of the server after it: ` +
    `${spread(anonymous)} MB. Goal: ${goal} ms (${held(median(ms), goal)}).`);
}
