// Linked histograms of the whole extent: kinds, months and hours of the week under one filter, each chart blind to its
// own part of it. A page of three charts where one thing is changed at a time; crossfilter2 goes through the same changes.
import { asLines, columnsOf, indexOf, PEERS_MAX_ROWS, questions, rowsText } from './inputs.mjs';
import { ask, held, quantile, median, short, spread, timed } from './lib.mjs';

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const dayNumber = (text) => Date.parse(text) / 864e5;
/// The n-th page: after so many changes, each of which took one part of the question of that number.
function pages(list) {
  const page = {}, out = [];
  list.forEach((q, i) => {
    const by = ['kind', 'day', 'how'][i % 3];
    if (by === 'kind') page.kinds = q.kinds;
    else if (by === 'day') [page.from, page.to] = [q.from, q.to];
    else [page.hours, page.days] = [q.hours, q.days];
    out.push({ ...page, by });
  });
  return out;
}

const wholeMonths = (p) => ({ ...p, from: p.from?.slice(0, 7), to: p.to?.slice(0, 7) });
const filterOf = (p) => [p.kinds && `cat=${p.kinds}`, p.from && `from=${p.from}&to=${p.to}`, p.hours && `hours=${p.hours}`,
  p.days && `days=${p.days.map((d) => DAYS[d])}`].filter(Boolean).join('&');
const asQuestions = (list) => asLines(list.map((p) => ({ z: 0, x: 0, y: 0, filter: filterOf(p) })));

function changeOf(p, numbers) {
  if (p.by === 'kind') return { by: p.by, values: p.kinds?.map((k) => numbers.get(k)) };
  if (p.by === 'day') return { by: p.by, range: p.from && [dayNumber(p.from), dayNumber(p.to) + 1] };
  const whole = !p.hours && !p.days, hours = p.hours ?? [...Array(24).keys()];
  return { by: p.by, values: whole ? undefined : (p.days ?? [...Array(7).keys()]).flatMap((d) => hours.map((h) => d * 24 + h)) };
}

async function crossfilterRun(rows, list, numbers) {
  const { out } = await timed(process.execPath, ['--max-old-space-size=16000', new URL('peers/crossfilter.mjs', import.meta.url).pathname, columnsOf(rows)],
    { input: JSON.stringify(list.map((p) => changeOf(p, numbers))) });
  const [[, built_s, rss_mb], ...answers] = out.trim().split('\n').map((l) => l.split(' '));
  return { built_s: Number(built_s), rss_mb: Number(rss_mb), answers };
}

export async function measure({ rows, repeat, each, sample }, report) {
  const index = indexOf(rows), list = pages(questions(each)), few = list.slice(0, 5 * sample); // crossfilter2 takes seconds for each
  const run = (of) => Array.from({ length: repeat }, () => ask('kernel', ['facets', index], asQuestions(of)));
  const ms = (runs, q, n) => runs.map((answers) => quantile(answers.slice(0, n).map(([us]) => Number(us)), q) / 1e3);
  const months = run(list.map(wholeMonths)), days = run(list);
  const cells = (runs) => [0.5, 0.99, 1].map((q) => spread(ms(runs, q)));
  const table = [['hromada, dates of whole months', ...cells(months)], ['hromada, exact to the day', ...cells(days)]];
  let text = '';
  if (rows <= PEERS_MAX_ROWS) {
    const numbers = new Map(ask('kernel', ['kinds']).map(([key], i) => [key, i])), peer = await crossfilterRun(rows, few, numbers);
    const same = few.filter((_, i) => peer.answers[i][1] === days[0][i][1] && peer.answers[i][2] === days[0][i][2]).length;
    const [p50, p99] = [0.5, 0.99].map((q) => short(ms([peer.answers], q)[0] / median(ms(days, q, few.length))));
    table.push([`crossfilter2, exact to the day, the first ${few.length}, one run`, ...[0.5, 0.99, 1].map((q) => short(ms([peer.answers], q)[0]))]);
    text = `crossfilter2 : hromada over the first ${few.length} changes: ${p50} x in the median, ${p99} x at p99; it took ${short(peer.built_s)} s to ` +
      `build and ${short(peer.rss_mb)} MB. ${same} of ${few.length} answers (three charts each) are equal. `;
  }
  report.heading(`Linked histograms after a change of the filter, whole extent, ${rowsText(rows)}, processor time in ms`);
  report.table(['engine', 'p50', 'p99', 'most'], table);
  report.text(`${list.length} changes, ${repeat} runs of ours, median (least..most). ${text}` +
    `Goals: 1 ms by months (${held(median(ms(months, 0.99)), 1)} at p99)${rows > 5e7 ? '' : `, 35 ms to the day (${held(median(ms(days, 1)), 35)} by the most)`}.`);
}
