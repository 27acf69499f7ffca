// SPDX-License-Identifier: EUPL-1.2
// Measures the map page in a real browser and prints a Markdown table: what its first view costs on a slow line, and how
// soon a drag of the timeline is seen.
//
//   node bench/page.mjs build/hromada DATAFOLDER [RUNS]      (RUNS: 5; the folder must hold a release)
//
// The line is a proxy of our own, not the browser's emulation, which leaves out what workers fetch: 1.6 Mbit/s down, shared
// by all connections, 150 ms there and back, one more such time for each new connection. Every run begins with an empty
// cache. "Usable" is the server's form and table on the screen, before any script; "map drawn" the first picture with counts.
//
// A drag moves a window of twelve months over the timeline, one step a frame. Input to picture: from the moment the browser
// took the pointer's event to the end of the frame that shows the figures of this event or of a later one. The page says
// which filter its figures are of (data-query of <main>), so an answer to an older move is not taken for this one's.
import { spawn } from 'node:child_process';
import net from 'node:net';
import os from 'node:os';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';

const [program, folder, runs = '5'] = process.argv.slice(2);
if (!folder) {
  console.error('usage: node bench/page.mjs PROGRAM DATAFOLDER [RUNS]');
  process.exit(2);
}
const BITS = 1.6e6, ROUND_TRIP_MS = 150, MOVES = 120, WINDOW = 12;
const ARGS = ['--no-sandbox', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const WITH_GL = ['--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'];
const WITHOUT_GL = ['--disable-gpu', '--disable-software-rasterizer', '--disable-3d-apis'];
const sleep = (ms) => new Promise((r) => { setTimeout(r, ms); });
const quantile = (list, q) => [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * q))];
const spread = (list, unit, digits = 0) => `${quantile(list, 0.5).toFixed(digits)} ${unit} (${Math.min(...list).toFixed(digits)} to ${Math.max(...list).toFixed(digits)})`;

/** A slow line before the server at `port`: {port, bytes(), close()}. */
async function slowLine(port) {
  let free = 0, bytes = 0; // when the line has sent all it was given
  const proxy = net.createServer((near) => {
    const far = net.connect(port, '127.0.0.1');
    const opened = performance.now() + ROUND_TRIP_MS;
    const end = () => { near.destroy(); far.destroy(); };
    near.on('data', (d) => setTimeout(() => far.write(d), Math.max(0, opened - performance.now()) + ROUND_TRIP_MS / 2));
    far.on('data', (d) => {
      bytes += d.length;
      free = Math.max(free, performance.now()) + (d.length * 8000) / BITS;
      setTimeout(() => near.destroyed || near.write(d), free - performance.now() + ROUND_TRIP_MS / 2);
    });
    for (const s of [near, far]) s.on('error', end).on('close', () => setTimeout(end, 2 * ROUND_TRIP_MS + Math.max(0, free - performance.now())));
  });
  await new Promise((r) => { proxy.listen(0, '127.0.0.1', r); });
  return { port: proxy.address().port, bytes: () => bytes, close: () => proxy.close() };
}

async function firstView(browser, port) {
  const line = await slowLine(port);
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB' });
  const page = await context.newPage();
  await page.addInitScript(() => {
    new MutationObserver((_, o) => {
      const main = document.querySelector('main[data-map="ready"]:not([data-busy])');
      if (!main || window.drawn) return;
      o.disconnect();
      requestAnimationFrame(() => { window.drawn = performance.now(); });
    }).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-map', 'data-busy'] });
  });
  await page.goto(`http://127.0.0.1:${line.port}/?lang=en`);
  await page.waitForFunction(() => window.drawn, null, { timeout: 120000 });
  const out = await page.evaluate(() => ({
    usable: Math.max(performance.getEntriesByName('first-contentful-paint')[0].startTime, performance.getEntriesByType('navigation')[0].domInteractive),
    drawn: window.drawn,
  }));
  await sleep(2 * ROUND_TRIP_MS);
  out.bytes = line.bytes();
  await context.close();
  line.close();
  return out;
}

/** Runs inside the page: notes each input that changed the window, and each frame with figures. */
function watch() {
  const log = window.log = { inputs: [], frames: [] };
  const main = document.querySelector('main'), from = document.querySelector('.grip.from'), to = document.querySelector('.grip.to');
  const month = (grip) => Number(grip.getAttribute('aria-valuenow'));
  let last = '';
  document.querySelector('.track').addEventListener('pointermove', (e) => {
    requestAnimationFrame(() => { // the handles are set in this frame
      const at = `${month(from)}-${month(to)}`;
      if (at !== last) log.inputs.push({ at, taken: e.timeStamp });
      last = at;
    });
  });
  new MutationObserver(() => {
    const query = main.dataset.query;
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => log.frames.push({ query, shown: performance.now() });
      port2.postMessage(0); // after this frame was handed on
    });
  }).observe(main, { attributes: true, attributeFilter: ['data-query'] });
}

async function drag(browser, url, started = 'main[data-map="ready"]:not([data-busy])') {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB' });
  const page = await context.newPage();
  let questions = 0;
  page.on('request', (r) => { questions += r.url().includes('/v1/facets'); });
  await page.goto(`${url}/?lang=en`);
  await page.waitForSelector(started, { state: 'attached', timeout: 120000 });
  await sleep(1500);
  const months = await page.evaluate(() => fetch('/v1/release').then((r) => r.json()).then((r) => r.months));
  const track = await page.locator('.track').boundingBox();
  const slot = Math.min(track.width / months.length, 56), x = (m) => track.x + (m + 0.5) * slot, y = track.y + 40;
  const moves = async (a, b, n) => {
    await page.mouse.move(x(a), y);
    await page.mouse.down();
    for (let k = 1; k <= n; k++) {
      await page.mouse.move(x(a) + ((x(b) - x(a)) * k) / n, y);
      await sleep(16);
    }
    await page.mouse.up();
  };
  const size = Math.min(WINDOW, Math.floor(months.length / 2));
  await moves(0, size - 1, size);
  await sleep(1500);
  const session = await context.newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const busy = async () => (await session.send('Performance.getMetrics')).metrics.find((m) => m.name === 'TaskDuration').value * 1000;
  await page.evaluate(watch);
  questions = 0;
  const before = await busy();
  await moves(1, months.length - size + 1, MOVES);
  const cpu = await busy() - before, asked = questions;
  await sleep(2000);
  const { inputs, frames } = await page.evaluate(() => window.log);
  await context.close();
  const at = (q) => {
    const p = new URLSearchParams(q), n = (k, other) => (p.get(k) ? months.indexOf(p.get(k)) : other);
    return `${n('from', 0)}-${n('to', months.length - 1)}`;
  };
  const waits = inputs.map((input, i) => {
    const mine = new Set(inputs.slice(i).map((k) => k.at));
    return (frames.find((f) => f.shown > input.taken && mine.has(at(f.query)))?.shown ?? Infinity) - input.taken;
  });
  return { waits, pictures: frames.length, asked, cpu: cpu / Math.max(1, frames.length) };
}

const server = spawn(program, ['-D', folder, 'serve', '--listen', '127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'inherit'] });
const stopped = new Promise((_, reject) => { server.on('exit', () => reject(new Error('the server stopped'))); });
stopped.catch(() => {});
let browser;
try {
  const listening = new Promise((r) => { createInterface({ input: server.stdout }).on('line', (l) => { const m = l.match(/:(\d+)\//); if (m) r(Number(m[1])); }); });
  const port = await Promise.race([listening, stopped]);
  const release = await (await fetch(`http://127.0.0.1:${port}/v1/release`)).json();
  const launch = async (more) => { browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: [...ARGS, ...more] }); };
  await launch(WITH_GL);
  const views = [], drags = [], plain = [];
  for (let i = 0; i < Number(runs); i++) views.push(await firstView(browser, port));
  for (let i = 0; i < Number(runs); i++) drags.push(await drag(browser, `http://127.0.0.1:${port}`));
  await browser.close();
  await launch(WITHOUT_GL); // the server draws the map: what is left is the page's own part and the way to the server
  for (let i = 0; i < Number(runs); i++) plain.push(await drag(browser, `http://127.0.0.1:${port}`, 'main.no-webgl'));
  const of = (list, key) => list.map((v) => v[key]);
  const p = (q, list = drags) => list.map((d) => quantile(d.waits, q));
  console.log(`\nThe map page, ${release.rows} incidents, ${os.cpus().length} cores (load ${os.loadavg()[0].toFixed(1)}), software WebGL, median of ${runs} (least to most):\n`);
  console.log('| what | measured | goal |\n| --- | --- | --- |');
  console.log(`| first view at 1.6 Mbit/s and 150 ms: form and table usable | ${spread(of(views, 'usable').map((v) => v / 1000), 's', 2)} | 1.5 s |`);
  console.log(`| the same: map drawn | ${spread(of(views, 'drawn').map((v) => v / 1000), 's', 2)} | 6 s |`);
  console.log(`| the same: bytes from the server, with headers | ${spread(of(views, 'bytes').map((v) => v / 1000), 'kB')} | |`);
  console.log(`| drag: input to picture, p50 | ${spread(p(0.5), 'ms')} | |`);
  console.log(`| drag: input to picture, p95 | ${spread(p(0.95), 'ms')} | 50 ms |`);
  console.log(`| the same without WebGL, p50 / p95 | ${spread(p(0.5, plain), 'ms')} / ${spread(p(0.95, plain), 'ms')} | 50 ms |`);
  console.log(`| drag: the page's own processor time for a picture, map included | ${spread(of(drags, 'cpu'), 'ms', 1)} | |`);
  console.log(`| drag: pictures (and questions) for ${MOVES} moves | ${spread(of(drags, 'pictures'), '')} (${quantile(of(drags, 'asked'), 0.5)}) | |`);
} finally {
  await browser?.close();
  server.kill('SIGTERM');
}
