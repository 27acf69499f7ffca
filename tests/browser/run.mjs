// SPDX-License-Identifier: EUPL-1.2
// Drives the pages in a real browser. Prints TAP. Needs Node 20, the packages of package-lock.json and Debian's chromium.
//
//   node tests/browser/run.mjs build/hromada         makes a demo town in a temporary folder, serves and tests it
//   node tests/browser/run.mjs http://127.0.0.1:8080 tests a server that runs
//
// HROMADA_SCREENSHOTS names a folder for pictures; HROMADA_ONLY a regular expression for the names of the wanted tests. A test
// that is not done in time fails and says what it waited for; so do all that are left when the run's time is over.
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { createRequire } from 'node:module';
import { Late, closed, command, fetched, launch, listenTo, newFolder, removeFolder, service, waitedFor, within } from './patience.mjs';
import { fullTile, pmtiles } from './pmtiles.mjs';

const AXE = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const QUIET = ['--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const GL = ['--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'];
const SHOTS = process.env.HROMADA_SCREENSHOTS;
const target = process.argv[2];
if (!target) {
  console.error('usage: node tests/browser/run.mjs PROGRAM|URL');
  process.exit(2);
}

// -- tests --------------------------------------------------------------------------------------------------------
const tests = [];
const test = (name, f) => tests.push({ name, f });
class Skip extends Error {}
const skip = (why) => { throw new Skip(why); };
function ok(condition, text) {
  if (!condition) throw new Error(text);
}
function same(got, wanted, what) {
  ok(Object.is(got, wanted) || JSON.stringify(got) === JSON.stringify(wanted), `${what}: got ${JSON.stringify(got)}, wanted ${JSON.stringify(wanted)}`);
}

const TEST_MS = 180000, RUN_MS = 30 * 60000, SETTLE_MS = 20000;
const end = Date.now() + RUN_MS;
let base, held, browser, release; // held: the browser's process
const broken = []; // what no page may do, with the test in which it did
let running = '';
const api = async (p) => {
  const r = await fetched(base + p);
  ok(r.ok, `${p} answers ${r.status}`);
  return r.json();
};
const facets = (query = '') => api(`/v1/facets${query ? `?${query}` : ''}`);

/** A page in a context of its own, watched for errors, for policy violations and for requests to other hosts. */
async function open(address = '/', options = {}, from = browser) {
  const { wait = true, allow = [], ...rest } = options;
  const context = await from.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB', reducedMotion: 'reduce', ...rest });
  const page = await context.newPage();
  listenTo(page);
  page.setDefaultTimeout(60000);
  const note = (text) => { if (!allow.some((a) => text.includes(a))) broken.push(`${running}: ${text}`); };
  page.on('console', (m) => { if (m.type() === 'error') note(`console: ${m.text()}`); });
  page.on('pageerror', (e) => note(`script: ${e.message}`));
  page.on('request', (r) => {
    const url = new URL(r.url());
    if (url.protocol.startsWith('http') && url.origin !== base) note(`request to ${url.origin}`);
  });
  page.on('response', (r) => { if (r.status() >= 400) note(`${r.status()} ${r.url()}`); });
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (e) => console.error(`policy: ${e.violatedDirective} ${e.blockedURI}`));
  }).catch(() => {});
  await page.goto(base + address);
  if (wait) await ready(page);
  patient(page);
  return page;
}
const ready = (page) => page.waitForSelector('main[data-map="ready"]', { state: 'attached' });
async function close(page) {
  const context = page.context(), ours = context.browser() === browser;
  if (await closed([context])) return;
  ok(ours, 'the other browser does not close its page');
  await renew();
}
/** One that does not close its pages is killed, and another takes its place. */
async function renew() {
  console.log('# the browser is gone or does not close its pages: it is killed, and another started');
  await held.close();
  await begin();
}
async function begin() {
  held = await launch({ executablePath: CHROMIUM, args: [...QUIET, ...GL] });
  browser = held.browser;
}
/** The number in the headline, without the grouping of the language. */
const total = (page) => page.locator('#headline .number').textContent().then((t) => Number(t.replace(/\D/g, '')));
async function totalIs(page, wanted, what) {
  await page.waitForFunction((n) => Number(document.querySelector('#headline .number')?.textContent.replace(/\D/g, '')) === n, wanted, { timeout: 30000 })
    .catch(async () => { throw new Error(`${what}: headline says ${await total(page)}, wanted ${wanted}`); });
}
/** What the page has done to its address by then is known to us behind this. */
const told = (page) => page.evaluate(() => 0).catch(() => {}); // it may be on its way to another page
/** Hands whose acts end when that is so: a busy machine tells of an address later than of the click that made it. */
function patient(page) {
  for (const [hand, acts] of [[page.mouse, ['up', 'click']], [page.keyboard, ['press', 'up']]])
    for (const act of acts) {
      const own = hand[act].bind(hand);
      hand[act] = async (...args) => { await own(...args); await told(page); };
    }
}
const query = (page) => new URL(page.url()).searchParams;
const filterOf = (page) => {
  const q = new URL(page.url()).searchParams;
  ['z', 'lon', 'lat', 'view', 'lang'].forEach((k) => q.delete(k));
  return q.toString();
};
async function shot(page, name) {
  if (SHOTS) await page.screenshot({ path: path.join(SHOTS, `${name}.png`) });
}
async function axe(page, what) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
  same(violations.map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => n.target.join(' ')).join(' | ')}`), [], `axe on ${what}`);
}
const box = async (page, selector) => page.locator(selector).first().boundingBox();
const centre = (b) => [b.x + b.width / 2, b.y + b.height / 2];
/** The middle of what is seen of the map: a view that names a place has it there. */
const mapMiddle = async (page) => centre(await box(page, '#map'));
const wholeWay = async (page) => { // the map has drawn all it was asked for
  await page.waitForTimeout(150);
  await page.waitForSelector('main[data-map="ready"]:not([data-busy])', { state: 'attached' }).catch(() => {});
  await page.waitForTimeout(700);
};

test('the headline says what the server counts', async () => {
  const page = await open('/');
  await totalIs(page, (await facets()).total, 'without a filter');
  await wholeWay(page);
  ok(await page.locator('#legend-classes li').count() >= 2, 'the legend has classes');
  ok((await page.locator('.sources, #sources').first().innerText()).length > 20, 'sources are in view');
  await shot(page, 'map-1280-light-en');
  await close(page);
});

test('a category narrows everything, its chip widens it again', async () => {
  const page = await open('/');
  const group = page.locator('.choice-group').first();
  await group.locator('.more').click();
  const boxes = group.locator('.choice.item input');
  const label = group.locator('.choice.item').first();
  await boxes.first().check();
  const cat = query(page).get('cat');
  ok(cat, 'the address names the category');
  await totalIs(page, (await facets(`cat=${cat}`)).total, `cat=${cat}`);
  ok(await group.locator('.choice.group input').evaluate((b) => b.indeterminate), 'the group is neither ticked nor empty');
  ok(await label.locator('input').isChecked(), 'the item is ticked');
  await page.locator('.filter-chip').first().click();
  same(filterOf(page), '', 'the address');
  await totalIs(page, (await facets()).total, 'after the chip');
  await group.locator('.choice.group input').check();
  ok(await boxes.evaluateAll((all) => all.every((b) => b.checked)), 'a whole group ticks all of its items');
  await totalIs(page, (await facets(filterOf(page))).total, 'whole group');
  await close(page);
});

test('"only this" leaves one kind', async () => {
  const page = await open('/');
  const rows = page.locator('#what .choice.group, #what .choice.alone');
  if (await rows.count() < 3) skip('too few groups');
  await rows.nth(0).locator('input').check();
  await rows.nth(1).locator('input').check();
  await rows.nth(1).hover();
  await rows.nth(1).locator('.only').click();
  ok(!(await rows.nth(0).locator('input').isChecked()) && await rows.nth(1).locator('input').isChecked(), 'one is ticked');
  await totalIs(page, (await facets(filterOf(page))).total, 'only');
  await close(page);
});

test('counts beside the kinds obey the other filters and not their own', async () => {
  const page = await open('/');
  await page.locator('#what .choice.group input, #what .choice.alone input').first().check();
  await page.locator('#step-recent').click().catch(() => skip('a release of less than a year'));
  const f = await facets(filterOf(page));
  await totalIs(page, f.total, 'two filters');
  const said = await page.locator('#what .choice.group .count, #what .choice.alone .count').allTextContents();
  const sum = said.reduce((s, t) => s + Number(t.replace(/\D/g, '')), 0);
  same(sum, f.categories.reduce((a, b) => a + b, 0), 'sum of the counts');
  await close(page);
});

test('timeline: a window drawn, moved and stretched with the mouse', async () => {
  if (release.months.length < 6) skip('fewer than six months');
  const page = await open('/');
  const track = await box(page, '.track');
  const n = release.months.length, slot = Math.min(track.width / n, 56);
  const x = (m) => track.x + (m + 0.5) * slot, y = track.y + 40;
  const drag = async (a, b) => {
    await page.mouse.move(a, y);
    await page.mouse.down();
    for (let i = 1; i <= 8; i++) await page.mouse.move(a + ((b - a) * i) / 8, y);
    await page.mouse.up();
  };
  await drag(x(1), x(3));
  same([query(page).get('from'), query(page).get('to')], [release.months[1], release.months[3]], 'drawn');
  await totalIs(page, (await facets(filterOf(page))).total, 'drawn window');
  await drag(x(2), x(3)); // the middle moves the window
  same([query(page).get('from'), query(page).get('to')], [release.months[2], release.months[4]], 'moved');
  await drag(track.x + 5 * slot, x(5)); // the right handle
  same(query(page).get('to'), release.months[5], 'stretched');
  await totalIs(page, (await facets(filterOf(page))).total, 'stretched window');
  await page.goBack();
  await told(page);
  same(query(page).get('to'), release.months[4], 'one drag is one step back');
  await page.mouse.click(x(0), y);
  same([query(page).get('from'), query(page).get('to')], [release.months[0], release.months[0]], 'a click takes one month');
  await close(page);
});

test('timeline: the keyboard moves both handles and the window', async () => {
  if (release.months.length < 6) skip('fewer than six months');
  const page = await open('/');
  const n = release.months.length;
  await page.locator('.grip.from').focus();
  await page.keyboard.press('ArrowRight');
  same(query(page).get('from'), release.months[1], 'first month');
  await page.locator('.grip.to').focus();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  same(query(page).get('to'), release.months[n - 3], 'last month');
  await page.locator('.grip.both').focus();
  await page.keyboard.press('ArrowRight');
  same([query(page).get('from'), query(page).get('to')], [release.months[2], release.months[n - 2]], 'window');
  ok(await page.locator('.grip.from').getAttribute('aria-valuetext'), 'the handle says its month');
  await totalIs(page, (await facets(filterOf(page))).total, 'by keyboard');
  await page.locator('.grip.from').focus();
  await page.keyboard.press('Home');
  await page.locator('.grip.to').focus();
  await page.keyboard.press('End');
  same(filterOf(page), '', 'the whole period needs no words');
  await close(page);
});

test('same period last year, and the last twelve months', async () => {
  const n = release.months.length;
  if (n < 24) skip('less than two years');
  const page = await open('/');
  await page.locator('#step-recent').click();
  same(query(page).get('from'), release.months[n - 12], 'last twelve months');
  await page.locator('#step-year').click();
  same([query(page).get('from'), query(page).get('to')], [release.months[n - 24], release.months[n - 13]], 'a year before');
  await totalIs(page, (await facets(filterOf(page))).total, 'a year before');
  await page.locator('#step-whole').click();
  same(filterOf(page), '', 'whole period');
  await close(page);
});

test('heat chart: cells, heads, drag and shortcuts choose hours and days', async () => {
  const page = await open('/');
  if (!(await page.locator('table.heat').count())) skip('the release knows no weekdays');
  await page.locator('table.heat').scrollIntoViewIfNeeded();
  await page.locator('td[data-how="100"]').click(); // Friday, 4 o'clock
  same([query(page).get('hours'), query(page).get('days')], ['4', 'fri'], 'one cell');
  await totalIs(page, (await facets('hours=4&days=fri')).total, 'one cell');
  const a = centre(await box(page, 'td[data-how="34"]')), b = centre(await box(page, 'td[data-how="85"]'));
  await page.mouse.move(...a);
  await page.mouse.down();
  await page.mouse.move((a[0] + b[0]) / 2, (a[1] + b[1]) / 2, { steps: 4 });
  await page.mouse.move(...b, { steps: 4 });
  await page.mouse.up();
  same([query(page).get('hours'), query(page).get('days')], ['10-13', 'tue,wed,thu'], 'dragged');
  await totalIs(page, (await facets('hours=10-13&days=tue,wed,thu')).total, 'dragged');
  await page.locator('#when .clear').click();
  await page.locator('th[data-day="6"]').click();
  await page.locator('th[data-day="5"]').click();
  same([query(page).get('hours'), query(page).get('days')], [null, 'sat,sun'], 'two days');
  await page.locator('.chip[data-key="night"]').click();
  same(query(page).get('hours'), '22-5', 'night wraps around midnight');
  await totalIs(page, (await facets('hours=22-5&days=sat,sun')).total, 'weekend nights');
  await close(page);
});

test('heat chart: the keyboard alone', async () => {
  const page = await open('/');
  if (!(await page.locator('table.heat').count())) skip('the release knows no weekdays');
  await page.locator('table.heat').focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  same([query(page).get('hours'), query(page).get('days')], ['1', 'tue'], 'one cell');
  await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('Shift+ArrowDown');
  await page.waitForTimeout(100);
  same([query(page).get('hours'), query(page).get('days')], ['1-2', 'tue,wed'], 'widened');
  await totalIs(page, (await facets('hours=1-2&days=tue,wed')).total, 'widened');
  await page.keyboard.press('Escape');
  same(filterOf(page), '', 'Escape lets everything in');
  await close(page);
});

test('outcomes narrow the choice', async () => {
  const page = await open('/');
  const boxes = page.locator('#ended input[type=checkbox]');
  if (await boxes.count() < 2) skip('the release has no outcomes');
  await boxes.nth(1).check();
  ok(query(page).get('outcome'), 'the address names the outcome');
  await totalIs(page, (await facets(filterOf(page))).total, 'outcome');
  await close(page);
});

async function anArea() {
  const set = release.sets[0];
  if (!set) skip('no area sets');
  const [all, f] = [await api(`/v1/areas/${set.key}`), await facets()];
  const i = f.areas[set.key].slice(0, -1).reduce((best, n, k, l) => (n > l[best] ? k : best), 0);
  return { set, area: all.areas[i], count: f.areas[set.key][i] };
}

test('a click on an area opens its figures and the link to its page', async () => {
  const { set, area, count } = await anArea();
  const [lon, lat] = area.center;
  const page = await open(`/?z=12.5&lon=${lon}&lat=${lat}`);
  await wholeWay(page);
  const [x, y] = await mapMiddle(page);
  await page.mouse.move(x, y);
  await page.waitForTimeout(200);
  await page.mouse.click(x, y);
  await page.waitForFunction(() => !document.querySelector('#panel').hidden);
  same(query(page).get('area'), `${set.key}:${area.code}`, 'the address names the area');
  await totalIs(page, count, 'the area');
  await page.waitForSelector('#panel .facts');
  if (release.months.length >= 24) ok((await page.locator('#panel .facts').innerText()).includes('Last 12 months against the 12 before'), 'the change, though all years are chosen');
  const a = await api(`/v1/areas/${set.key}/${encodeURIComponent(area.code)}`);
  same(await page.locator('#panel-title').textContent(), area.name, 'title');
  same(Number((await page.locator('#panel .big strong').textContent()).replace(/\D/g, '')), a.count, 'count in the panel');
  if (a.rate.value != null) ok((await page.locator('#panel .facts').innerText()).includes(a.rate.value.toFixed(1).replace(/\B(?=(\d{3})+\.)/g, ',')), 'the rate per 10,000');
  await wholeWay(page);
  await shot(page, 'area-1280-light-en');
  const href = await page.locator('#panel a.forward[href^="/areas"]').getAttribute('href');
  same((await fetched(base + href)).status, 200, `the page ${href}`);
  const year = (await api(`/v1/areas/${set.key}/${encodeURIComponent(area.code)}?from=${release.last_year.from}&to=${release.last_year.to}`)).year_before;
  if (year?.change_percent != null) {
    const shown = (await page.locator('#panel .facts').innerText()).match(/[\u2212+]\d+(\.\d+)?\u00A0?%/)?.[0];
    const text = (await (await fetched(base + href)).text()).replace(/<[^>]*>/g, ' ');
    ok(shown && text.includes(shown), `the page tells the change that the card tells: ${shown}`);
  }
  await page.locator('#panel-close').click();
  same(query(page).get('area'), null, 'closing lets the town in again');
  await close(page);
});

/** Of the tile in the middle at zoom z the square that counts most: {count, lon and lat of its middle, bbox}. */
async function fullestSquare(z) {
  const [w, s, e, n] = release.extent, size = 2 ** z;
  const wx = (lon) => lon / 360 + 0.5, wy = (lat) => 0.5 - Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360)) / (2 * Math.PI);
  const lon = (x) => (x - 0.5) * 360, lat = (y) => (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI;
  const tx = Math.floor(wx((w + e) / 2) * size), ty = Math.floor(wy((s + n) / 2) * size);
  const answer = await fetched(`${base}/tiles/${release.release}/counts/${z}/${tx}/${ty}.grid`);
  const bytes = new Uint8Array(await answer.arrayBuffer()), side = 2 ** bytes[0];
  let best = { count: 0 };
  for (let i = 1, cell = 0; i < bytes.length;) {
    let v = 0n, shift = 0n, b;
    do { b = BigInt(bytes[i++]); v |= (b & 127n) << shift; shift += 7n; } while (b & 128n);
    const k = Number(v >> 1n) + 1;
    if (v & 1n) { cell += k; continue; }
    if (k > best.count) best = { count: k, col: cell % side, row: Math.floor(cell / side) };
    cell++;
  }
  const at = (c, r) => [lon((tx + (best.col + c) / side) / size), lat((ty + (best.row + r) / side) / size)];
  const [west, north] = at(0, 0), [east, south] = at(1, 1), [x, y] = at(0.5, 0.5);
  return { count: best.count, lon: x, lat: y, bbox: [west, south, east, north] };
}
/** The colour of the screen around a point, as [r, g, b] of each of some pixels. */
async function colorsAround(page, [x, y], reach) {
  const clip = { x: Math.round(x - reach), y: Math.round(y - reach), width: 2 * reach, height: 2 * reach };
  const png = (await page.screenshot({ clip })).toString('base64');
  return page.evaluate(async (text) => {
    const image = await createImageBitmap(new Blob([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))])), canvas = new OffscreenCanvas(image.width, image.height);
    canvas.getContext('2d').drawImage(image, 0, 0);
    const { data } = canvas.getContext('2d').getImageData(0, 0, image.width, image.height);
    return Array.from({ length: data.length / 4 }, (_, i) => [...data.slice(4 * i, 4 * i + 3)]);
  }, png);
}
/** Is the class's colour, as it lies over the land, among the pixels? */
const isPainted = async (page, at, klass) => {
  const [over, under] = await page.evaluate((k) => {
    const of = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    return [of(`--c${k}`), of('--map-land')];
  }, klass).then((list) => list.map((hex) => [1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16))));
  const wanted = over.map((v, i) => 0.86 * v + 0.14 * under[i]);
  return (await colorsAround(page, at, 6)).some((rgb) => rgb.every((v, i) => Math.abs(v - wanted[i]) <= 3));
};

test('a square counts what the server counts in it, and has its colour, also after the graphics were lost', async () => {
  const z = 12, cell = await fullestSquare(z);
  const { count } = (await api(`/v1/counts?by=total&bbox=${cell.bbox.map((v) => v.toFixed(6))}`)).rows[0];
  same(cell.count, count, 'the tile and the counts of its box');
  const page = await open(`/?z=${z}&lon=${cell.lon}&lat=${cell.lat}`);
  await wholeWay(page);
  const middle = await mapMiddle(page);
  await page.mouse.move(middle[0] + 3, middle[1] + 3);
  await page.waitForSelector('.tip:not([hidden])', { state: 'attached' });
  const tip = await page.locator('.tip').textContent();
  ok(tip.replace(/\D/g, '').includes(`${count}`), `the tip says ${tip}, not ${count}`);
  ok(await isPainted(page, middle, 6), 'the fullest square has the darkest colour');
  await page.evaluate(async () => {
    const lost = document.querySelector('#map canvas').getContext('webgl2').getExtension('WEBGL_lose_context');
    lost.loseContext();
    await new Promise((r) => setTimeout(r, 200));
    lost.restoreContext();
  });
  await page.waitForTimeout(300);
  await wholeWay(page);
  ok(await isPainted(page, middle, 6), 'and again after the graphics were lost');
  await page.locator('.theme-button').click();
  await wholeWay(page);
  ok(await isPainted(page, middle, 6), 'and in the dark');
  await close(page);
});

test('squares that did not come are asked for again when the map moves', async () => {
  const cell = await fullestSquare(12), page = await open('/about', { wait: false, allow: ['ERR_FAILED', 'Failed to fetch'] });
  let refused = 0;
  await page.route(/\/counts\//, (route) => (refused < 40 && !page.mended ? (refused++, route.abort()) : route.continue()));
  await page.goto(`${base}/?z=12&lon=${cell.lon}&lat=${cell.lat}`);
  await ready(page);
  await wholeWay(page);
  ok(refused > 0 && !(await isPainted(page, await mapMiddle(page), 6)), `${refused} were refused`);
  page.mended = true;
  await page.locator('#map canvas').focus();
  await page.keyboard.press('ArrowRight');
  await wholeWay(page);
  await page.keyboard.press('ArrowLeft');
  await wholeWay(page);
  ok(await isPainted(page, await mapMiddle(page), 6), 'they came');
  await close(page);
});

test('zooming in turns squares into places, and out again', async () => {
  const cell = await fullestSquare(13), page = await open(`/?z=13.4&lon=${cell.lon}&lat=${cell.lat}`);
  await wholeWay(page);
  const note = () => page.locator('#legend-note').textContent(), squares = await note();
  await page.locator('.map-buttons button').nth(0).click();
  await wholeWay(page);
  const places = await note();
  ok(squares !== places, `near: ${places}`);
  await page.mouse.click(...await mapMiddle(page));
  await page.waitForSelector('#panel .incidents li');
  await page.locator('#panel-close').click();
  await page.locator('.map-buttons button').nth(1).click();
  await wholeWay(page);
  same(await note(), squares, 'and back');
  ok(await page.locator('#legend-classes li').count() >= 1, 'with classes');
  await close(page);
});

test('a click on a place lists its incidents, page by page', async () => {
  const [w, s, e, n] = release.extent;
  const { places } = await api(`/v1/places?bbox=${w},${s},${e},${n}`);
  const p = places.reduce((a, b) => (b.count > a.count ? b : a));
  const page = await open(`/?z=16.2&lon=${p.lon}&lat=${p.lat}`);
  await wholeWay(page);
  await shot(page, 'places-1280-light-en');
  ok(await page.locator('#legend-classes li').count() >= 1, 'the legend knows the squares that reach beyond the window');
  await page.mouse.click(...await mapMiddle(page));
  await page.waitForSelector('#panel .incidents li');
  const answer = await api(`/v1/places/${p.id}?limit=50`);
  same(Number((await page.locator('#panel .big strong').textContent()).replace(/\D/g, '')), answer.total, 'incidents at the place');
  same(await page.locator('#panel .incidents li').count(), answer.incidents.length, 'first page');
  if (answer.total > 50) {
    await page.locator('#panel-body > button').click();
    await page.waitForFunction((k) => document.querySelectorAll('#panel .incidents li').length > k, answer.incidents.length);
  }
  await wholeWay(page);
  await shot(page, 'place-1280-light-en');
  await close(page);
});

test('a shared link gives the same page', async () => {
  const { set, area } = await anArea();
  const n = release.months.length;
  const iccs = release.iccs.at(-1).section;
  const address = `/?from=${release.months[Math.max(0, n - 6)]}&to=${release.months[n - 1]}&cat=iccs-${iccs}&area=${set.key}:${area.code}`;
  const first = await open(address);
  await totalIs(first, (await facets(filterOf(first))).total, 'first');
  await first.locator('.map-buttons button').first().click();
  await wholeWay(first);
  const url = first.url().slice(base.length);
  ok(new URL(first.url()).searchParams.get('z') != null || true, 'view');
  const second = await open(url);
  await totalIs(second, await total(first), 'second');
  for (const what of ['.filters', '#what', '#period-label', '#standfirst']) {
    same(await second.locator(what).first().innerText(), await first.locator(what).first().innerText(), what);
  }
  same(await second.locator('#what input:checked').count(), await first.locator('#what input:checked').count(), 'ticks');
  await close(first);
  await close(second);
});

test('back and forward walk through the choices', async () => {
  const page = await open('/');
  const all = await total(page);
  await page.locator('#what .choice.group input, #what .choice.alone input').first().check();
  const cat = filterOf(page);
  const one = (await facets(cat)).total;
  await totalIs(page, one, 'one kind');
  await page.goBack();
  await totalIs(page, all, 'back');
  same(await page.locator('#what input:checked').count(), 0, 'no ticks');
  await page.goForward();
  await totalIs(page, one, 'forward');
  await page.locator('#reset').click();
  await totalIs(page, all, 'reset');
  await close(page);
});

test('answers that come late are not shown', async () => {
  const page = await open('/');
  let held = 0;
  await page.route('**/v1/facets?*', async (route) => {
    if (held++ === 0) await new Promise((r) => setTimeout(r, 1500));
    await route.continue().catch(() => {});
  });
  const boxes = page.locator('#what .choice.group input, #what .choice.alone input');
  await boxes.nth(0).check();
  await boxes.nth(1).check();
  const wanted = (await facets(filterOf(page))).total;
  await totalIs(page, wanted, 'the last choice');
  await page.waitForTimeout(1700);
  same(await total(page), wanted, 'still the last choice');
  await close(page);
});

/** Notes in the page which facets are asked for, and how many of these questions are under way at once at most. */
const watchQuestions = (page) => page.evaluate(() => {
  const asked = window.asked = { paths: [], now: 0, most: 0 }, fetch = window.fetch;
  window.fetch = (path, options) => {
    const answer = fetch(path, options);
    if (!String(path).startsWith('/v1/facets')) return answer;
    let open = true;
    const end = () => { asked.now -= open; open = false; };
    asked.paths.push(path);
    asked.most = Math.max(asked.most, ++asked.now);
    options.signal.addEventListener('abort', end);
    answer.then(end, end);
    return answer;
  };
});
const asked = (page) => page.evaluate(() => window.asked);
const figuresOf = (page) => page.getAttribute('main', 'data-query');
/** The address bar names this filter, and everything that shows counts says what the server says under it. */
async function figuresAreTheServers(page, filter, what) {
  await page.waitForFunction((q) => location.search === `?${q}`, filter);
  const f = await facets(filter), n = (t) => Number(t.replace(/\D/g, ''));
  await totalIs(page, f.total, what);
  await page.waitForFunction((q) => { // the whole answer follows the quick one
    const { query, part } = document.querySelector('main').dataset;
    return query === q && part == null;
  }, filter);
  const sum = async (selector) => (await page.locator(selector).allTextContents()).reduce((s, t) => s + n(t), 0);
  const all = (list) => list.reduce((a, b) => a + b, 0);
  same(await sum('#what .choice.group .count, #what .choice.alone .count'), all(f.categories), `${what}: kinds`);
  if (await page.locator('#ended').count()) same(await sum('#ended .choice.group .count, #ended .choice.alone .count'), all(f.outcomes), `${what}: outcomes`);
  const cells = await page.locator('td[data-how]').evaluateAll((list) => list.map((td) => td.getAttribute('aria-label').split(', ').at(-1)));
  if (cells.length) same(cells.map(n), f.hourweek, `${what}: hours of the week`);
}

test('dragging: one question at a time, late answers dropped, at the end the figures of the server', async () => {
  if (release.months.length < 12) skip('less than a year');
  const page = await open('/');
  const track = await box(page, '.track'), slot = Math.min(track.width / release.months.length, 56);
  const at = (m) => [track.x + (m + 0.5) * slot, track.y + 40], MOVES = 8;
  const span = (a, b) => `from=${release.months[a]}&to=${release.months[b]}`;
  let letGo;
  const held = new Promise((r) => { letGo = r; });
  await page.route(/facets\?.*by=/, async (route) => { await held; await route.continue().catch(() => {}); });
  await watchQuestions(page);
  await page.mouse.move(...at(1));
  await page.mouse.down();
  for (let k = 1; k <= MOVES; k++) await page.mouse.move(...at(1 + k));
  same(filterOf(page), '', 'the address waits for the end of the drag');
  await page.mouse.up();
  await figuresAreTheServers(page, span(1, 1 + MOVES), 'released');
  letGo(); // the answers to the moves come now, after the newer one
  await page.waitForTimeout(500);
  same(await figuresOf(page), span(1, 1 + MOVES), 'the newer answer stays');
  await figuresAreTheServers(page, span(1, 1 + MOVES), 'after the late ones');
  const log = await asked(page);
  same(log.most, 1, 'questions under way at once');
  ok(log.paths.length <= 2 * MOVES + 1, `${log.paths.length} questions for ${MOVES} moves`); // one a move, one a rest, one for the end
  ok(log.paths.some((p) => p.includes('by=category,month,hourweek')), 'a moving hand asks for what comes at once');
  same(log.paths.at(-1), `/v1/facets?${span(1, 1 + MOVES)}`, 'a resting one for everything');
  await close(page);
});

test('dragging: figures come while the handle is held, by mouse and by a key that repeats', async () => {
  if (release.months.length < 12) skip('less than a year');
  const page = await open('/');
  const track = await box(page, '.track'), slot = Math.min(track.width / release.months.length, 56);
  const at = (m) => [track.x + (m + 0.5) * slot, track.y + 40];
  const span = (a, b) => `from=${release.months[a]}&to=${release.months[b]}`;
  const shows = (q) => page.waitForFunction((want) => document.querySelector('main').dataset.query === want, q);
  await page.mouse.move(...at(2));
  await page.mouse.down();
  for (const m of [4, 6, 5]) {
    await page.mouse.move(...at(m));
    await shows(span(2, m));
    await totalIs(page, (await facets(span(2, m))).total, `held at ${m}`);
  }
  await page.mouse.up();
  await figuresAreTheServers(page, span(2, 5), 'released');
  await page.locator('.grip.to').focus();
  for (let k = 0; k < 4; k++) await page.keyboard.down('ArrowRight'); // the second and later ones repeat
  await shows(span(2, 9));
  await page.keyboard.up('ArrowRight');
  await figuresAreTheServers(page, span(2, 9), 'the key let go');
  await close(page);
});

test('nothing recorded: the page says so and offers the way back', async () => {
  const rare = (await facets()).categories.map((n, i) => [n, release.categories[i].key]).sort((a, b) => a[0] - b[0]);
  let found = null;
  for (const [, key] of rare.slice(0, 6)) {
    for (const tail of [`&from=${release.months[0]}&to=${release.months[0]}`, `&from=${release.months[0]}&to=${release.months[0]}&hours=4`]) {
      if (!found && (await facets(`cat=${key}${tail}`)).total === 0) found = `cat=${key}${tail}`;
    }
  }
  if (!found) skip('every choice has incidents');
  const page = await open(`/?${found}`);
  await page.waitForSelector('.empty:not([hidden])');
  await shot(page, 'empty-1280-light-en');
  await page.locator('.empty button').click();
  await totalIs(page, (await facets()).total, 'reset');
  await close(page);
});

test('the server away: said once, and tried again', async () => {
  const page = await open('/', { allow: ['ERR_', 'Failed to load'] });
  let away = true;
  await page.route('**/v1/facets?*', (route) => (away ? route.abort() : route.continue()));
  await page.locator('#what .choice.group input, #what .choice.alone input').first().check();
  await page.waitForSelector('.message:not([hidden])');
  away = false;
  await page.locator('.message .button').click();
  await totalIs(page, (await facets(filterOf(page))).total, 'after the second try');
  await close(page);
});

test('a new release is announced', async () => {
  const page = await open('/');
  await page.route('**/v1/facets?*', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...await answer.json(), release: release.release + 1 } });
  });
  await page.locator('#what .choice.group input, #what .choice.alone input').first().check();
  await page.waitForSelector('.message:not([hidden]) .button');
  await close(page);
});

test('the table says what the map says', async () => {
  const page = await open('/');
  await page.locator('#tab-table').click();
  const f = await facets();
  const sum = async () => (await page.locator('#pane-table tbody tr td:nth-child(2)').allTextContents()).reduce((s, t) => s + Number(t.replace(/\D/g, '')), 0);
  if (release.sets.length) {
    await page.waitForSelector('#pane-table tbody tr');
    same(await sum(), f.areas[release.sets[0].key].reduce((a, b) => a + b, 0), 'sum over areas');
    await shot(page, 'table-1280-light-en');
    await page.locator('#pane-table .segments button').nth(1).click();
  }
  same(await sum(), f.categories.reduce((a, b) => a + b, 0), 'sum over kinds');
  await page.locator('#pane-table thead button').first().click();
  const names = await page.locator('#pane-table tbody th').allTextContents();
  same(names, [...names].sort((a, b) => a.localeCompare(b, 'en')), 'sorted by name');
  await close(page);
});

test('search finds an area and goes there', async () => {
  const { area } = await anArea();
  const page = await open('/');
  await page.locator('#q').fill(area.name.slice(0, 4).toLowerCase());
  await page.waitForSelector('#search-results li');
  same(await page.locator('#q').getAttribute('aria-expanded'), 'true', 'expanded');
  await page.locator('#q').fill(area.name);
  await page.waitForFunction((name) => document.querySelector('#search-results li .name')?.textContent === name, area.name);
  await page.keyboard.press('ArrowDown');
  ok(await page.locator('#q').getAttribute('aria-activedescendant'), 'an option is active');
  await shot(page, 'search-1280-light-en');
  await page.keyboard.press('Enter');
  await page.waitForSelector('#panel:not([hidden])');
  same(await page.locator('#panel-title').textContent(), area.name, 'panel');
  await page.locator('#q').fill('qqzzxx');
  await page.waitForSelector('.search-none:not([hidden])');
  await close(page);
});

test('near me asks the browser and goes there', async () => {
  const [w, s, e, n] = release.extent;
  const here = { longitude: (w + e) / 2, latitude: (s + n) / 2 };
  const page = await open('/', { geolocation: here, permissions: ['geolocation'] });
  await page.locator('#near-me').click();
  await page.waitForFunction(() => Number(new URLSearchParams(location.search).get('z')) >= 14.9);
  ok(Math.abs(Number(query(page).get('lon')) - here.longitude) < 0.001, 'longitude');
  await close(page);
});

test('near me: leave refused, and a reader far away, are said', async () => {
  const refused = await open('/');
  await refused.context().clearPermissions();
  await refused.evaluate(() => { navigator.geolocation.getCurrentPosition = (_, no) => setTimeout(() => no({ code: 1 })); });
  await refused.locator('#near-me').click();
  await refused.waitForSelector('.message:not([hidden])');
  ok((await refused.locator('.message').innerText()).length > 10, 'a sentence');
  same(await refused.locator('#near-me').getAttribute('aria-busy'), null, 'no longer busy');
  await close(refused);
  const far = await open('/', { geolocation: { longitude: -30, latitude: 0 }, permissions: ['geolocation'] });
  await far.locator('#near-me').click();
  await far.waitForSelector('.message:not([hidden])');
  ok((await far.locator('.message').innerText()).includes(release.town), 'the town that this is not');
  same(query(far).get('lon'), null, 'the map stays');
  await close(far);
});

test('downloads hold the present choice', async () => {
  const key = release.categories[(await facets()).categories.map((n, i) => [n, i]).filter(([n]) => n > 0).sort((a, b) => a[0] - b[0])[0][1]].key;
  const page = await open(`/?cat=${key}`);
  const n = (await facets(`cat=${key}`)).total;
  const get = async (id) => {
    const [file] = await Promise.all([page.waitForEvent('download'), page.locator(id).click()]);
    const chunks = [];
    for await (const chunk of await file.createReadStream()) chunks.push(chunk);
    return Buffer.concat(chunks).toString();
  };
  same((await get('#download-csv')).trim().split('\n').length - 1, n, 'rows of the CSV file');
  same(JSON.parse(await get('#download-geojson')).features.length, n, 'features of the GeoJSON file');
  await close(page);
});

test('embed: the code, and the page in a frame of another site', async () => {
  const page = await open('/');
  await page.locator('#embed-open').click();
  const code = await page.locator('#embed-dialog textarea').inputValue();
  ok(/^<iframe src="[^"]+\/embed[^"]*"/.test(code), `code: ${code}`);
  await shot(page, 'embed-dialog-1280-light-en');
  await axe(page, 'the dialog');
  await page.keyboard.press('Escape');
  await close(page);
  const site = http.createServer((q, r) => { r.setHeader('Content-Type', 'text/html; charset=utf-8'); r.end(`<!doctype html><html lang="en"><title>Site</title><link rel="icon" href="data:,"><h1>Site</h1>${code}</html>`); });
  await new Promise((r) => { site.listen(0, '127.0.0.1', r); });
  const context = await browser.newContext({ viewport: { width: 900, height: 700 } });
  const other = await context.newPage();
  const errors = [];
  other.on('console', (m) => { if (m.type() === 'error') errors.push(m.text()); });
  await other.goto(`http://127.0.0.1:${site.address().port}/`);
  await other.frameLocator('iframe').locator('main[data-map="ready"]').waitFor({ state: 'attached', timeout: 60000 });
  await other.frameLocator('iframe').locator('main:not([data-busy])').waitFor({ state: 'attached' });
  await other.waitForTimeout(800);
  await shot(other, 'embedded-900-light-en');
  same(errors, [], 'errors in the frame');
  await context.close();
  site.close();
});

test('without JavaScript: form, picture and tables', async () => {
  const page = await open('/?lang=en', { javaScriptEnabled: false, wait: false });
  const width = await page.locator('#picture img').evaluate((i) => i.naturalWidth);
  ok(width > 0, 'the server\'s picture is shown');
  ok(await page.locator('#filter').isVisible(), 'the form');
  ok(await page.locator('#by-category tbody tr').count() > 0, 'the table');
  await shot(page, 'nojs-1280-light-en');
  if (SHOTS) await page.screenshot({ path: path.join(SHOTS, 'nojs-1280-whole-en.png'), fullPage: true });
  await page.locator('#from').selectOption(release.months.at(-1));
  await page.locator('#apply').click();
  await page.waitForURL(/from=/);
  const n = (await facets(`from=${release.months.at(-1)}`)).total;
  ok((await page.locator('#story').innerText()).replace(/[^\d]/g, '').includes(String(n)), `the page says ${n}`);
  await axe0(page);
  await close(page);
  const phone = await open('/?lang=uk', { javaScriptEnabled: false, wait: false, viewport: { width: 360, height: 740 } });
  await shot(phone, 'nojs-360-light-uk');
  await close(phone);
});
// axe is itself a script: the page without scripts is looked at again with them, its own blocked.
async function axe0(page) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const again = await context.newPage();
  await again.route('**/static/map.*.js', (r) => r.abort());
  await again.goto(page.url());
  await again.evaluate(() => document.documentElement.classList.add('plain'));
  await axe(again, 'the page without scripts');
  await context.close();
}

/** The corners and the middle of it (of each of its lines) are seen: inside the window, and nothing lies over them. */
const inView = (page, selector) => page.locator(selector).first().evaluate((el) => {
  const lines = [...el.getClientRects()].filter((r) => r.width > 4 && r.height > 4);
  if (!lines.length) return 'has no size';
  for (const r of lines)
    for (const [x, y] of [[r.left + 2, r.top + 2], [r.right - 2, r.top + 2], [r.left + 2, r.bottom - 2], [r.right - 2, r.bottom - 2], [r.left + r.width / 2, r.top + r.height / 2]]) {
      const seen = document.elementFromPoint(x, y);
      if (!seen || !(el.contains(seen) || seen.contains(el))) return `${Math.round(x)}, ${Math.round(y)} shows ${seen?.className || seen?.tagName}`;
    }
  return '';
});

test('squares or a surface: by keyboard, in the address, under every filter, light and dark', async () => {
  const page = await open('/');
  await wholeWay(page);
  const asked = [], tiles = () => asked.splice(0);
  page.on('request', (r) => { const u = new URL(r.url()); if (u.pathname.startsWith('/tiles/')) asked.push(u); });
  const title = () => page.locator('#legend h2').textContent(), squares = await title();
  await page.locator('#looks input:checked').focus();
  await page.keyboard.press('ArrowRight');
  await wholeWay(page);
  same(query(page).get('view'), 'surface', 'the address');
  const first = tiles();
  ok(first.length && first.every((u) => u.pathname.includes('/density/') && !u.search), `density tiles: ${first}`);
  const legend = await api('/v1/density');
  same(await page.locator('#legend-classes .range').allTextContents(), ['0.5\u20131', '1\u20132', '2\u20134', '4\u20138', '8+'], 'classes');
  ok((await title()).includes('average') && (await page.locator('#legend-note').textContent()).includes(`${legend.bandwidth_m}`), 'the legend names mean and bandwidth');
  // The swatches have the colours of the pixels.
  const rgb = (hex) => `rgb(${[1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16)).join(', ')})`;
  const swatches = () => page.locator('#legend-classes .swatch').evaluateAll((all) => all.map((e) => getComputedStyle(e).backgroundColor));
  same(await swatches(), legend.classes.map((c) => rgb(c.light)), 'light colours');
  await shot(page, 'surface-1280-light-en');
  await page.locator('.choice.group input').first().check();
  await wholeWay(page);
  const filter = filterOf(page), cat = tiles();
  ok(filter && cat.length && cat.every((u) => u.pathname.includes('/density/') && u.searchParams.has('cat')), `${filter} asks ${cat[0]}`);
  const kept = (await fetched(cat[0])).headers.get('cache-control');
  same(kept, 'no-cache', 'what may be withdrawn is asked about each time');
  await page.locator('.theme-button').click();
  await wholeWay(page);
  ok(tiles().some((u) => u.searchParams.get('theme') === 'dark'), 'the dark has its own colours');
  same(await swatches(), legend.classes.map((c) => rgb(c.dark)), 'dark colours');
  const shared = page.url();
  await page.locator('#looks input[value="squares"]').check({ force: true });
  await wholeWay(page);
  same([query(page).get('view'), filterOf(page), await title()], [null, filter, squares], 'back to squares');
  const back = tiles();
  ok(back.some((u) => u.pathname.includes('/counts/') && u.search === cat[0].search), 'the squares of what is chosen by now');
  ok(await page.locator('#legend-classes li').count() >= 2, 'with classes');
  await page.goBack();
  await wholeWay(page);
  ok(await page.locator('#looks input[value="surface"]').isChecked() && (await title()) !== squares, 'the browser goes back to the surface');
  await close(page);
  const other = await open(shared.slice(base.length));
  await wholeWay(other);
  ok(await other.locator('#looks input[value="surface"]').isChecked(), 'a shared link shows the surface');
  await axe(other, 'the surface');
  await close(other);
  const phone = await open('/?view=surface&lang=uk', { viewport: { width: 360, height: 740 }, colorScheme: 'dark' });
  await wholeWay(phone);
  ok(await phone.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'no sideways scrolling');
  const look = await box(phone, '#looks'), map = await box(phone, '#map');
  ok(look.x >= 0 && look.x + look.width <= 360 && map.height > 200, `the choice at ${JSON.stringify(look)}, the map ${map.height} high`);
  await shot(phone, 'surface-360-dark-uk');
  await close(phone);
});

test('legend, source, period, licence and caveat are in view, whatever is open', async () => {
  const { set, area } = await anArea();
  for (const [width, height, langs] of [[1280, 800, ['uk', 'cs', 'en']], [1280, 700, ['uk']], [900, 700, ['uk']], [360, 740, ['uk', 'cs', 'en']], [360, 640, ['uk']]])
    for (const lang of langs) {
      const page = await open(`/?lang=${lang}&area=${set.key}:${area.code}`, { viewport: { width, height } });
      await page.waitForSelector('#panel .facts');
      const at = `${width} x ${height} ${lang}`;
      for (const part of ['#legend', '#legend-classes', '#legend-note', '#sources .source-names', '#sources .caveat', '#sources summary']) same(await inView(page, part), '', `${part} at ${at}`);
      const text = await page.locator('#sources .brief').innerText();
      for (const s of release.sources) ok(text.includes(s.name) && text.includes(s.licence), `${s.name} and its licence at ${at}`);
      const period = await page.locator('.desk #standfirst .what').innerText();
      ok(period.includes(release.months.at(-1).slice(0, 4)), `the period at ${at}: ${period}`);
      same(await inView(page, '.desk #standfirst .what'), '', `the period at ${at}`);
      await page.locator('#sources summary').click();
      ok(await page.locator('.sources-more').isVisible(), `more about the sources at ${at}`);
      await close(page);
    }
});

test('the navigation fits, in every language', async () => {
  for (const lang of ['uk', 'cs', 'en']) {
    const page = await open(`/data?lang=${lang}`, { wait: false, viewport: { width: 360, height: 740 } });
    ok(await page.locator('.masthead-nav').evaluate((n) => n.scrollWidth <= n.clientWidth), `in ${lang}`);
    ok(await page.locator('.scroll').evaluateAll((l) => l.every((s) => s.scrollWidth <= s.clientWidth)), `the list of releases in ${lang}`);
    await close(page);
  }
});

test('compare: names at the outliers, dots that lead to areas, limits on a telephone; all without scripts', async () => {
  const set = release.sets[0];
  if (!set) skip('no area sets');
  for (const width of [1280, 360]) {
    const page = await open(`/compare?set=${set.key}&lang=en`, { javaScriptEnabled: false, wait: false, viewport: { width, height: 900 } });
    const chart = await box(page, 'svg.chart');
    ok(chart.width > (width === 360 ? 250 : 900), `the funnel is ${chart.width} wide at ${width}`);
    const type = await page.locator('svg.chart text').first().evaluate((t) => t.getBoundingClientRect().height);
    ok(type >= 11 && type < 24, `type is ${type} high at ${width}`);
    const labels = page.locator('svg.chart text.label').filter({ visible: true });
    ok(await labels.count() >= 1, `outliers have names at ${width}`);
    const boxes = await labels.evaluateAll((all) => all.map((t) => { const r = t.getBoundingClientRect(); return { text: t.textContent, l: r.left, r: r.right, t: r.top, b: r.bottom }; }));
    boxes.forEach((a, i) => {
      ok(a.l >= 0 && a.r <= width, `${a.text} stays on the page of ${width}`);
      boxes.slice(i + 1).forEach((b) => ok(a.r < b.l || b.r < a.l || a.b - 3 < b.t || b.b - 3 < a.t, `${a.text} and ${b.text} apart at ${width}`));
    });
    const href = await page.locator('svg.chart a').first().getAttribute('href');
    ok(href.startsWith(`/areas/${set.key}/`) && (await fetched(base + href)).status === 200, `a dot leads to ${href}`);
    const row = page.locator('#by-area tbody tr').filter({ has: page.locator('td') }).first();
    ok(/\d.*–.*\d/.test(await row.innerText()), `limits at ${width}`);
    ok(await page.locator('.scroll').first().evaluate((s) => s.scrollWidth <= s.clientWidth + 1), `no column is hidden at ${width}`);
    await close(page);
  }
});

test('keyboard only: from the first Tab to a chosen area and back', async () => {
  const { area } = await anArea();
  const page = await open('/');
  const at = () => page.evaluate(() => {
    const el = document.activeElement;
    return { id: el.id, cls: String(el.className), role: el.getAttribute('role'), tag: el.tagName };
  });
  const visible = () => page.evaluate(() => {
    const el = document.activeElement;
    if (el.matches('canvas, [role=slider], table.heat')) return true;
    const s = getComputedStyle(el.type === 'radio' ? el.parentElement : el);
    return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2;
  });
  await page.keyboard.press('Tab');
  ok((await at()).cls.includes('skip'), 'the first stop is the skip link');
  await page.keyboard.press('Enter');
  const seen = [];
  for (let i = 0; i < 150; i++) {
    await page.keyboard.press('Tab');
    const a = await at();
    if (a.tag === 'BODY') break;
    ok(await visible(), `focus is visible on ${JSON.stringify(a)}`);
    seen.push(a.id || a.cls || a.tag);
  }
  for (const need of ['tab-choose', 'q', 'near-me', 'area', 'download-csv', 'copy-link', 'embed-open']) ok(seen.includes(need), `Tab reaches #${need}; reached ${seen.join(' ')}`);
  for (const need of ['grip from', 'grip to', 'grip both', 'heat']) ok(seen.some((s) => s.includes(need)) || (need === 'heat' && !(await page.locator('table.heat').count())), `Tab reaches ${need}`);
  await page.locator('#q').focus();
  await page.keyboard.type(area.name);
  await page.waitForFunction((name) => document.querySelector('#search-results li .name')?.textContent === name, area.name);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.waitForSelector('#panel:not([hidden])');
  await page.locator('#panel-close').focus();
  await page.keyboard.press('Enter');
  await page.waitForSelector('#panel', { state: 'hidden' });
  await page.locator('#tab-choose').focus();
  await page.keyboard.press('ArrowRight');
  same((await at()).id, 'tab-table', 'arrows walk the tabs');
  await page.locator('#pane-table tbody button').first().focus();
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => new URLSearchParams(location.search).get('area'));
  ok(query(page).get('area'), 'a row of the table chooses its area');
  await close(page);
});

test('360 pixels: the map first, a sheet with everything else, no sideways scrolling', async () => {
  const page = await open('/', { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 });
  await wholeWay(page);
  const wide = () => page.evaluate(() => document.documentElement.scrollWidth);
  same(await wide(), 360, 'width of the page');
  const map = await box(page, '.map-frame');
  ok(map.height > 340 && map.width === 360, // the legend stands below it, not over it
     `the map is ${map.width} x ${map.height}`);
  await shot(page, 'map-360-light-en');
  await page.locator('.grip-button').tap();
  await page.waitForSelector('.desk.up');
  await page.waitForTimeout(400);
  await shot(page, 'sheet-360-light-en');
  same(await wide(), 360, 'width with the sheet');
  const small = await page.evaluate(() => [...document.querySelectorAll('.desk button, .desk a, .desk select, .desk label')]
    .filter((el) => el.checkVisibility({ visibilityProperty: true }) && el.getClientRects().length && !el.classList.contains('visually-hidden'))
    .map((el) => ({ what: el.id || el.className || el.textContent, h: el.getBoundingClientRect().height, w: el.getBoundingClientRect().width }))
    .filter((r) => r.h < 24 || r.w < 24));
  same(small, [], 'targets under 24 pixels');
  await page.locator('#what .choice.group label, #what .choice.alone label').first().tap();
  await totalIs(page, (await facets(filterOf(page))).total, 'a tap');
  await axe(page, 'the sheet at 360 pixels');
  await page.locator('.grip-button').tap();
  await page.waitForFunction(() => !document.querySelector('.desk.up'));
  await close(page);
});

test('what differs between releases: without scripts, in every language, as a feed', async () => {
  for (const lang of ['en', 'cs', 'uk'])
    for (const [width, colorScheme] of [[1280, 'light'], [360, 'dark']]) {
      const page = await open(`/changes?lang=${lang}`, { javaScriptEnabled: false, wait: false, viewport: { width, height: 740 }, colorScheme });
      ok((await page.locator('.change').count()) > 0, 'a release is there');
      ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `scrolls sideways at ${width} pixels in ${lang}`);
      await shot(page, `changes-${width}-${colorScheme}-${lang}`);
      await close(page);
    }
  const page = await open('/changes', { wait: false });
  const feed = await page.evaluate(async () => {
    const link = document.querySelector('link[type="application/atom+xml"]');
    const doc = new DOMParser().parseFromString(await (await fetch(link.href)).text(), 'application/xml');
    return { broken: !!doc.querySelector('parsererror'), root: doc.documentElement.namespaceURI, entries: doc.querySelectorAll('entry').length };
  });
  same(feed, { broken: false, root: 'http://www.w3.org/2005/Atom', entries: await page.locator('.change').count() }, 'the feed');
  await close(page);
});

test('three languages, whole', async () => {
  for (const [lang, letters] of [['en', /incidents?/], ['cs', /událost/], ['uk', /поді/]]) {
    const page = await open(`/?lang=${lang}`);
    same(await page.evaluate(() => document.documentElement.lang), lang, 'lang');
    ok(letters.test(await page.locator('#headline').innerText()), `headline in ${lang}`);
    for (const tab of ['#tab-table', '#tab-choose']) {
      await page.locator(tab).click();
      const text = await page.evaluate(() => document.body.innerText + [...document.querySelectorAll('[aria-label],[title],[placeholder]')].map((e) => `${e.ariaLabel} ${e.title} ${e.placeholder ?? ''}`).join(' '));
      ok(!/\b(map|common)\.[a-z_]+/.test(text), `a message is missing in ${lang}: ${/\S*\b(map|common)\.[a-z_.]+/.exec(text)?.[0]}`);
    }
    await wholeWay(page);
    if (lang !== 'en') await shot(page, `map-1280-light-${lang}`);
    await close(page);
  }
});

test('dark: by the system, and by the button, remembered', async () => {
  const dark = async (page) => page.evaluate(() => { const [r, g, b] = getComputedStyle(document.body.parentElement).backgroundColor.match(/\d+/g).map(Number); return r + g + b < 200; });
  const page = await open('/', { colorScheme: 'dark' });
  ok(await dark(page), 'the system\'s wish');
  await wholeWay(page);
  await shot(page, 'map-1280-dark-en');
  await axe(page, 'the dark page');
  await page.locator('.theme-button').click();
  ok(!(await dark(page)), 'light by the button');
  await page.reload();
  ok(!(await dark(page)), 'remembered');
  await close(page);
  const phone = await open('/?lang=uk', { colorScheme: 'dark', viewport: { width: 360, height: 740 }, deviceScaleFactor: 2 });
  await wholeWay(phone);
  await shot(phone, 'map-360-dark-uk');
  await close(phone);
});

test('without WebGL: the server\'s picture follows the filter', async () => {
  const flat = await launch({ executablePath: CHROMIUM, args: [...QUIET, '--disable-3d-apis'] });
  try {
    const page = await open('/', { wait: false, allow: ['WebGL'] }, flat.browser);
    await page.waitForSelector('main.no-webgl');
    await page.waitForFunction(() => document.querySelector('#picture img')?.naturalWidth > 0);
    const before = await page.locator('#picture img').getAttribute('src');
    await page.locator('#what .choice.group input, #what .choice.alone input').first().check();
    await totalIs(page, (await facets(filterOf(page))).total, 'filter');
    await page.waitForFunction((src) => document.querySelector('#picture img').getAttribute('src') !== src, before);
    await page.waitForFunction(() => document.querySelector('#picture img')?.naturalWidth > 0);
    await shot(page, 'nowebgl-1280-light-en');
    await close(page);
  } finally {
    await flat.close();
  }
});

test('what is not on the map is said beside the figures and in the panel of an area', async () => {
  if (!release.by_area) skip('this release tells nothing by area');
  const { set, area } = await anArea();
  const page = await open(`/?area=${set.key}:${area.code}`);
  await page.waitForSelector('#panel .by-half');
  ok(/\/method.*#withheld$/.test(await page.locator('#story .gaps a').getAttribute('href')), 'the sentence leads to the reasons');
  const told = release.by_area.last_half && release.by_area.set === set.key;
  const { rows } = await api(`/v1/by-area${told ? `?half=${release.by_area.last_half}` : ''}`);
  const mine = rows.filter((r) => told && r.count && (!r.areas.length || r.areas.includes(area.code)));
  same(await page.locator('#panel .by-half dd .value').allInnerTexts(), mine.map((r) => r.count.toLocaleString('en')), 'counts of the groups that hold it');
  await page.locator('#panel .by-half a.forward').click();
  await page.waitForURL(told ? /#halves$/ : /\/by-area/);
  await close(page);
});

test('a kind and a half-year are chosen by links, without a script', async () => {
  if (!release.by_area?.last_half) skip('this release tells nothing by area yet');
  const page = await open('/by-area', { javaScriptEnabled: false, wait: false });
  const kinds = page.locator('.periods').first().locator('a');
  await kinds.last().click();
  same(await page.locator('.periods').first().locator('a[aria-current]').innerText(), await kinds.last().innerText(), 'the kind is chosen');
  ok(new URL(page.url()).searchParams.get('half') === release.by_area.last_half, 'the half-year stays');
  await close(page);
});

test('axe finds nothing on any page', async () => {
  const { set, area } = await anArea();
  const page = await open(`/?area=${set.key}:${area.code}`);
  await page.waitForSelector('#panel .facts');
  await axe(page, 'the map with a panel');
  await page.locator('#tab-table').click();
  await axe(page, 'the table');
  await close(page);
  for (const address of ['/areas', `/areas/${set.key}`, `/areas/${set.key}/${area.code}`, `/compare?set=${set.key}`, '/by-area', '/data', '/changes', '/method', '/about', '/embed', '/no-such-page']) {
    const p = await open(address, { wait: address === '/embed', allow: ['404'] });
    await axe(p, address);
    if (SHOTS) await p.screenshot({ path: path.join(SHOTS, `page${address.replace(/[^a-z]+/g, '-')}.png`), fullPage: true });
    ok(await p.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${address} scrolls sideways`);
    await p.setViewportSize({ width: 360, height: 740 });
    ok(await p.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${address} scrolls sideways at 360 pixels`);
    await close(p);
  }
});

test('axe in the dark, wide and narrow', async () => {
  const { set, area } = await anArea();
  for (const address of ['/areas', `/areas/${set.key}`, `/areas/${set.key}/${area.code}`, `/compare?set=${set.key}`, '/by-area', '/data', '/changes', '/method', '/about', '/embed']) {
    const p = await open(address, { wait: address === '/embed', colorScheme: 'dark', viewport: { width: 360, height: 740 } });
    await axe(p, `${address}, dark, 360 pixels`);
    await p.setViewportSize({ width: 1280, height: 800 });
    await axe(p, `${address}, dark, 1280 pixels`);
    await close(p);
  }
});

// -- other towns --------------------------------------------------------------------------------------------------
/** Another data folder behind a server of its own; inside f everything speaks to it. */
async function inTown(make, f) {
  if (!program) skip('needs the program, not an address');
  const dir = newFolder('hromada-town-');
  const run = (...args) => command(program, ['-D', dir, ...args]);
  const was = [base, release];
  let other = null;
  try {
    make(run, dir);
    other = await serve(dir);
    base = other.url;
    release = await fetched(`${base}/v1/release`).then((r) => (r.ok ? r.json() : null));
    await f();
  } finally {
    [base, release] = was;
    await other?.stop();
    removeFolder(dir);
  }
}
const STREET = 'Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,Last outcome category,Context';
const street = (n, month) => [STREET, ...Array.from({ length: n }, (_, i) => `,${month},Nottinghamshire Police,Nottinghamshire Police,${(-1.16 + (i % 20) * 0.002).toFixed(6)},${(52.95 + Math.floor(i / 20) * 0.002).toFixed(6)},On or near High Street,,,${i % 3 ? 'Shoplifting' : 'Anti-social behaviour'},,`)].join('\n');

test('a town of one month, of a feed without days, without areas', async () => {
  await inTown((run, dir) => {
    run('init', '--name', 'Nottingham', '--timezone', 'Europe/London', '--lang', 'en');
    fs.writeFileSync(path.join(dir, 'street.csv'), `${street(400, '2018-10')}\n,2018-10,X,X,-4.500000,50.300000,On or near A Road,,,Shoplifting,,\n`);
    run('import', path.join(dir, 'street.csv'));
    run('publish');
  }, async () => {
    const page = await open('/');
    await totalIs(page, 401, 'all rows');
    same(await page.locator('table.heat').count(), 0, 'no hours where the source tells months');
    ok((await page.locator('#when').innerText()).includes('No times of day are told.'), 'and it is said');
    same(await page.locator('#where').count(), 0, 'no areas, no choice of them');
    same(await page.locator('.period-label').innerText(), 'October 2018', 'the one month');
    ok(await page.locator('#step-year').isDisabled(), 'no year before');
    const [w, , e] = release.home;
    ok(w > -1.5 && e < -0.9 && release.extent[0] < -4, `one stray does not stretch the map: ${release.home}`);
    await wholeWay(page);
    await shot(page, 'one-month-1280-light-en');
    await axe(page, 'a town of one month');
    await close(page);
    for (const address of ['/compare', '/areas', '/by-area', '/data', '/method', '/embed']) {
      const p = await open(address, { wait: address === '/embed' });
      ok((await p.locator('main').innerText()).length > 40, `${address} says something`);
      await axe(p, `${address} of a town of one month`);
      await close(p);
    }
  });
});

test('nothing published yet: each page says so', async () => {
  await inTown((run) => run('init', '--name', 'Nottingham', '--lang', 'cs'), async () => {
    for (const address of ['/', '/areas', '/by-area', '/compare', '/data', '/method', '/embed']) {
      const p = await open(address, { wait: false, allow: ['503'] });
      ok((await p.locator('h1').innerText()).length > 5 && (await p.locator('main').innerText()).includes('hromada'), `${address} says what to do`);
      await axe(p, `${address} before the first release`);
      await close(p);
    }
  });
});

test('a release that gives way, and one that is withdrawn, while the map is open', async () => {
  let publish, withdraw;
  await inTown((run, dir) => {
    run('init', '--name', 'Nottingham', '--timezone', 'Europe/London', '--lang', 'en');
    fs.writeFileSync(path.join(dir, 'street.csv'), street(400, '2018-10'));
    run('import', path.join(dir, 'street.csv'));
    run('publish');
    publish = () => run('publish');
    withdraw = () => run('withdraw', '2', '--reason', 'A place was too exact.');
  }, async () => {
    const serves = async (number, status) => {
      for (let i = 0; i < 100 && (await fetched(`${base}/data/${number}/public.index`)).status !== status; i++) await new Promise((r) => { setTimeout(r, 100); });
      same((await fetched(`${base}/data/${number}/public.index`)).status, status, `release ${number}`);
    };
    const page = await open('/', { allow: ['410'] });
    publish();
    await serves(2, 200);
    await serves(1, 410);
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange'))); // the reader comes back to it
    const button = page.getByRole('button', { name: 'Load them' });
    await button.waitFor();
    await page.evaluate(() => { window.before = true; });
    await button.click();
    await page.waitForFunction(() => !window.before && document.querySelector('main[data-map="ready"]')); // the page before was ready, too
    same(await page.evaluate(() => fetch('/v1/release').then((r) => r.json()).then((r) => r.release)), 2, 'the new figures');
    await totalIs(page, 400, 'all rows');
    withdraw();
    await serves(2, 410);
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange'))).catch(() => {}); // it may be on its way already
    await page.getByText('A place was too exact.').waitFor();
    same(await page.locator('h1').innerText(), 'These data were withdrawn', 'the page says so');
    await axe(page, 'a release that was withdrawn');
    await close(page);
  });
});

/** Colours of the picture at these points, as the reader sees them. */
async function pixels(page, points) {
  const png = (await page.screenshot()).toString('base64');
  const blank = await page.context().newPage();
  try {
    return await blank.evaluate(async ([data, list]) => {
      const picture = await createImageBitmap(await fetch(`data:image/png;base64,${data}`).then((r) => r.blob()));
      const canvas = new OffscreenCanvas(picture.width, picture.height).getContext('2d');
      canvas.drawImage(picture, 0, 0);
      return list.map(([x, y]) => `#${[...canvas.getImageData(x, y, 1, 1).data].slice(0, 3).map((v) => v.toString(16).padStart(2, '0')).join('')}`);
    }, [png, points]);
  } finally { await blank.close(); }
}

test('a PMTiles basemap is served in ranges and drawn under the figures', async () => {
  await inTown((run, dir) => {
    run('demo', '--incidents', '3000');
    fs.writeFileSync(path.join(dir, 'base.pmtiles'), pmtiles([{ z: 0, x: 0, y: 0, data: fullTile('water') }],
      { name: 'Water everywhere', attribution: '<a href="https://example.org">Test Sea</a>', minZoom: 0, maxZoom: 0, bounds: [-180, -85, 180, 85], layers: [{ id: 'water', fields: {} }] }));
    fs.writeFileSync(path.join(dir, 'hromada.conf'), 'basemap = base.pmtiles\n');
  }, async () => {
    const file = await fetched(`${base}/basemap.pmtiles`, { headers: { Range: 'bytes=0-6' } });
    same([file.status, await file.text()], [206, 'PMTiles'], 'the first seven bytes');
    const page = await open('/');
    let parts = 0;
    page.on('request', (r) => { if (r.url().endsWith('.pmtiles') && r.headers().range) parts++; });
    await page.reload();
    await ready(page);
    await wholeWay(page);
    ok(parts > 0, 'asked for in ranges');
    await page.waitForFunction(() => document.querySelector('#sources .brief').textContent.includes('Test Sea'));
    const map = await box(page, '#map');
    const corner = [Math.round(map.x + map.width - 20), Math.round(map.y + map.height - 20)];
    const [sea, town] = await pixels(page, [corner, (await mapMiddle(page)).map(Math.round)]);
    const water = await page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue('--map-water').trim());
    same(sea, water, 'the sea beyond the town');
    ok(town !== water, 'the figures lie over it');
    await shot(page, 'pmtiles-1280-light-en');
    await close(page);
  });
});

// What the first view of the demo town may cost, until its map is drawn: all bytes that the server sends, as it counts them
// itself (the browser does not tell of the map's worker).
const FIRST_VIEW_BYTES = 520000;
test('the first view keeps to its budget of bytes', async () => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'cs-CZ' });
  const page = await context.newPage();
  const done = [];
  if (!program) skip('needs the program, not an address');
  const sent = async () => Number((await numbers()).match(/^hromada_http_sent_bytes_total (\d+)$/m)[1]);
  const before = await sent();
  page.on('requestfinished', (r) => done.push(r));
  await page.goto(`${base}/?lang=cs`);
  await ready(page);
  await wholeWay(page);
  const all = await sent() - before;
  const kinds = { page: /^\/$/, scripts: /\.m?js$/, styles: /\.css$/, fonts: /\.woff2$/, tiles: /\.(mvt|grid)$/, answers: /^\/v1\/|\.json$/, pictures: /\.svg$/ };
  const bytes = Object.fromEntries(Object.keys(kinds).map((k) => [k, 0]));
  for (const r of done) {
    const { pathname } = new URL(r.url()), kind = Object.keys(kinds).find((k) => kinds[k].test(pathname)), size = await r.sizes();
    ok(kind, `${pathname} belongs to the first view`);
    bytes[kind] += size.responseBodySize;
  }
  bytes.worker = all - Object.values(bytes).reduce((a, b) => a + b, 0);
  console.log(`# first view in Czech, the largest: ${Math.round(all / 1000)} kB = ${Object.entries(bytes).map(([k, n]) => `${k} ${Math.round(n / 1000)}`).join(' + ')}`);
  for (const k of ['page', 'scripts', 'styles', 'fonts', 'tiles', 'answers', 'worker']) ok(bytes[k] > 0, `${k} are counted`);
  ok(all < FIRST_VIEW_BYTES, `${all} bytes`);
  await context.close();
});

test('each interaction brings new figures; how fast is told, not judged', async () => {
  const page = await open('/');
  await wholeWay(page);
  const times = await page.evaluate(async () => {
    const out = [];
    const boxes = [...document.querySelectorAll('#what .choice.group input, #what .choice.alone input')].slice(0, 3);
    for (const b of [...boxes, ...boxes]) { // on and off
      const start = performance.now();
      await new Promise((resolve) => {
        const seen = new MutationObserver(() => { seen.disconnect(); resolve(); });
        seen.observe(document.querySelector('#headline'), { childList: true, subtree: true, characterData: true });
        b.click();
      });
      out.push(performance.now() - start);
      await new Promise((r) => { setTimeout(r, 700); });
    }
    return out.sort((a, b) => a - b);
  });
  const median = times[Math.floor(times.length / 2)];
  console.log(`# from click to new figures: median ${median.toFixed(0)} ms, worst ${times.at(-1).toFixed(0)} ms of ${times.length}`);
  ok(times.length === 6, `${times.length} interactions were answered`);
  await close(page);
});

test('paper: one page with the map and its figures', async () => {
  const page = await open('/');
  await wholeWay(page);
  await page.emulateMedia({ media: 'print' });
  await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
  ok(await page.locator('img.paper').evaluate((i) => i.src.length > 5000), 'the map is on paper');
  ok(!(await page.locator('.map-buttons').isVisible()), 'buttons are not');
  await shot(page, 'print');
  await close(page);
});

// -- the run ------------------------------------------------------------------------------------------------------
async function freePort() {
  const s = net.createServer();
  await new Promise((r) => { s.listen(0, '127.0.0.1', r); });
  const { port } = s.address();
  await new Promise((r) => { s.close(r); });
  return port;
}

const program = /^https?:/.test(target) ? null : path.resolve(target);
let server = null, folder = null;
/** The program serving a data folder on a free port: {url, stop}. */
/** What the server of the demo town counts, from the socket that it has for that. */
const numbers = () => new Promise((resolve, reject) => {
  http.get({ socketPath: path.join(folder, 'metrics.sock'), path: '/metrics' }, (answer) => {
    let text = '';
    answer.setEncoding('utf8').on('data', (piece) => { text += piece; }).on('end', () => resolve(text));
  }).on('error', reject);
});
async function serve(dir) {
  const port = await freePort(), url = `http://127.0.0.1:${port}`;
  const { ended, stop } = service(program, ['-D', dir, 'serve', '--listen', `127.0.0.1:${port}`]);
  for (let i = 0; i < 150 && ended() == null; i++) {
    if (await fetched(`${url}/healthz`).then((r) => r.ok || r.status === 503, () => false)) return { url, stop };
    await new Promise((r) => { setTimeout(r, 200); });
  }
  await stop();
  throw new Error(ended() == null ? 'the server does not answer' : `the server ended with status ${ended()}`);
}
async function start() {
  if (!program) return target.replace(/\/$/, '');
  folder = newFolder('hromada-browser-');
  command(program, ['-D', folder, 'demo', '--incidents', process.env.HROMADA_INCIDENTS ?? '30000']);
  fs.writeFileSync(path.join(folder, 'hromada.conf'), `metrics = unix:${path.join(folder, 'metrics.sock')}\n`);
  server = await serve(folder);
  return server.url;
}

const said = (text) => String(text).split('\n').slice(0, 12).map((l) => `# ${l}`).join('\n');
/** Runs one test to its end and says how it went; false: it failed. Throws when it goes on behind its deadline. */
async function judge(n, t) {
  const work = Promise.resolve().then(t.f);
  try {
    await within(Math.min(TEST_MS, end - Date.now()), work, 'the test');
    console.log(`ok ${n} - ${t.name}`);
    return true;
  } catch (error) {
    const skipped = error instanceof Skip, late = error instanceof Late;
    console.log(skipped ? `ok ${n} - ${t.name} # SKIP ${error.message}` : `not ok ${n} - ${t.name}\n${said(error.message)}`);
    if (late) waitedFor().forEach((what) => console.log(`# waited for ${what}`));
    if (!browser.isConnected() || !(await closed(browser.contexts()))) await renew();
    if (late) await within(SETTLE_MS, work.catch(() => {}), `the end of "${t.name}"`); // it must not meddle with the next one
    return skipped;
  }
}

async function run() {
  if (!fs.existsSync(CHROMIUM)) { console.log('1..0 # SKIP no chromium'); return 0; }
  if (SHOTS) fs.mkdirSync(SHOTS, { recursive: true });
  base = await start();
  release = await api('/v1/release');
  await begin();
  const wanted = tests.filter((t) => new RegExp(process.env.HROMADA_ONLY ?? '').test(t.name));
  console.log(`1..${wanted.length + 1}`);
  let failed = 0, n = 0, over = null;
  for (const t of wanted) {
    running = t.name;
    n++;
    if (!over && Date.now() >= end) over = new Late(`the run took longer than ${RUN_MS / 60000} min`);
    if (over) console.log(`not ok ${n} - ${t.name}\n# not run`);
    else failed += !(await judge(n, t).catch((error) => { over = error; return false; }));
  }
  if (over) throw over;
  // What must hold for all of them together.
  n++;
  console.log(`${broken.length ? 'not ok' : 'ok'} ${n} - no request to another host, no violated policy, no error in the console`);
  [...new Set(broken)].slice(0, 20).forEach((b) => console.log(`# ${b}`));
  return failed || broken.length ? 1 : 0;
}

let status = 1;
try {
  status = await run();
} catch (error) {
  console.log(`Bail out! ${error.message}`);
}
await held?.close();
await server?.stop();
process.exit(status); // what a test left open must not keep it from ending; the rest is removed on the way (patience.mjs)
