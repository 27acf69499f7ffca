// The first hour of a new map, when everybody looks at once: all that a browser asks for until the map of the demo town is
// drawn, again and again. When police.uk opened its map in 2011 it drew 18 million hits in an hour. The server has one core
// and the load generator (wrk) another, for where both share cores, half of what is measured is the generator.
import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { chromium } from 'playwright-core';
import os from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { cache, hromada, median, reached, serveFolder, short, spread, timed } from './lib.mjs';
import { wrk } from './load.mjs';

const POLICE_UK = 18e6 / 3600, TIMES = 10, CORES = 2; // hits a second, and how many times that two cores should hold
const CODINGS = 'gzip, deflate, br, zstd'; // as browsers have it
const SETTLE_MS = 3000; // for what is asked for when the counts are drawn

/// From here on the process, its threads and its children run on these cores.
const pin = (pid, cores) => execFileSync('taskset', ['-apc', cores, pid].map(String), { stdio: 'ignore' });

/// Hands requests on to the server at `port` and notes their paths: the browser does not tell of those of its workers.
async function noteTaker(port) {
  const paths = new Set();
  const door = createServer((from, to) => {
    paths.add(from.url);
    from.pipe(request({ port, path: from.url, method: from.method, headers: from.headers }, (answer) => {
      to.writeHead(answer.statusCode, answer.headers);
      answer.pipe(to);
    }));
  });
  await new Promise((resolve) => { door.listen(0, '127.0.0.1', resolve); });
  return { port: door.address().port, paths, close: () => door.close() };
}

/// The paths of one first view, as a browser with an empty cache asks for them.
async function firstView(port) {
  const notes = await noteTaker(port);
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'] });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, locale: 'cs-CZ' });
    await page.goto(`http://127.0.0.1:${notes.port}/`);
    await page.waitForSelector('main[data-map="ready"]:not([data-busy])', { state: 'attached', timeout: 120000 });
    await sleep(SETTLE_MS);
    return [...notes.paths];
  } finally {
    await browser.close();
    notes.close();
  }
}

export async function measure({ repeat, seconds }, report) {
  const folder = `${cache}/hour`, file = `${cache}/hour.paths`;
  rmSync(folder, { recursive: true, force: true });
  await timed(hromada, ['-D', folder, 'demo']);
  const server = await serveFolder(folder), paths = await firstView(server.port), runs = [];
  writeFileSync(file, paths.map((path) => `${path}\n`).join(''));
  pin(server.pid, 0);
  pin(process.pid, 1);
  for (let run = 0; run <= repeat; run++) {
    const got = await wrk(server.port, file, run ? seconds : 1, 0, CODINGS);
    if (run) runs.push(got); // the first one warms up
  }
  pin(process.pid, `0-${os.cpus().length - 1}`);
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
  const rates = runs.map((run) => run.rate), views = rates.map((rate) => rate / paths.length);
  report.heading('The first hour of a new map: whole first views of the demo town, again and again');
  report.table(['what', 'measured', ': police.uk in 2011'], [
    ['hits a second on one core', spread(rates), `${short(median(rates) / POLICE_UK)} x`],
    [`whole first views a second, of ${paths.length} hits each`, spread(views), ''],
    ['MB a second', spread(runs.map((run) => run.bytes / 1e6)), '']]);
  report.text(`${repeat} runs of ${seconds} s, median (least..most), wrk on a core of its own, nothing kept by its browsers. 18 million hits in an hour are ` +
    `${short(POLICE_UK)} a second. Goal: two cores hold ten times that, one of them half of it (${reached(median(rates), TIMES * POLICE_UK / CORES)}).`);
}
