// SPDX-License-Identifier: EUPL-1.2
// What was clicked: an area with its figures, or a place with its incidents.
import { byId, h, icon, svg } from './dom.js';
import { ask } from './api.js';
import { capital, count, decimal, percent, periodText, signedPercent, t, whenText } from './words.js';

const PAGE = 50;
const MOST = 500; // the API gives no more at once; the download gives all

/**
 * @param release /v1/release
 * @param onClose called when the reader closes the panel
 */
export function detail(release, onClose) {
  const el = byId('panel') ?? h('section.panel', { id: 'panel', 'aria-labelledby': 'panel-title' }, h('h2', { id: 'panel-title' }), h('div', { id: 'panel-body' }), h('button', { id: 'panel-close', type: 'button' }));
  const title = el.querySelector('#panel-title');
  const body = el.querySelector('#panel-body');
  const close = el.querySelector('#panel-close');
  close.replaceChildren(icon('close'));
  close.setAttribute('aria-label', t('map.app.close'));
  title.tabIndex = -1;
  let controller = null, showing = '';
  close.addEventListener('click', () => onClose());
  el.addEventListener('keydown', (e) => { if (e.key === 'Escape') { e.stopPropagation(); onClose(); } });

  function hide() {
    controller?.abort();
    showing = '';
    el.hidden = true;
  }
  /** Keeps what stands there until the new answer has come: nothing jumps. */
  async function load(key, name, path, draw, focus) {
    controller?.abort();
    const mine = controller = new AbortController();
    const fresh = key !== showing;
    showing = key;
    el.hidden = false;
    if (fresh) {
      title.textContent = name;
      body.replaceChildren(h('p.note', {}, t('map.app.loading')));
      if (focus) title.focus({ preventScroll: true });
    }
    try {
      const answer = await ask(path, mine.signal);
      if (mine.signal.aborted) return;
      const drawn = await draw(answer);
      if (!mine.signal.aborted) body.replaceChildren(...drawn);
    } catch (error) {
      if (!mine.signal.aborted) body.replaceChildren(h('p.note', {}, t('map.app.no_answer')));
    }
  }

  return {
    el, hide,
    area(set, setName, area, query, focus) {
      load(`area ${set}:${area.code}`, area.name, `/v1/areas/${encodeURIComponent(set)}/${encodeURIComponent(area.code)}${query ? `?${query}` : ''}`,
        async (a) => {
          const [recent, half] = await Promise.all([lastYears(a, query, release.last_year), newestHalf(release, set).catch(() => null)]);
          return areaFigures(a, setName, query, recent, halfBlock(release, half, set, a));
        }, focus);
    },
    place(id, name, query, focus) {
      const path = (limit) => `/v1/places/${encodeURIComponent(id)}?${query ? `${query}&` : ''}limit=${limit}`;
      load(`place ${id}`, name || t('map.app.place'), path(PAGE), (p) => {
        title.textContent = p.place.name || t('map.app.place');
        return placeList(p, path);
      }, focus);
    },
  };
}

function figure(term, value, note) {
  return [h('dt', {}, term), h('dd', {}, h('span.value', {}, value), note ? h('span.range', {}, note) : null)];
}

/** With the whole release chosen there is no year before: then the last twelve complete months are held against the twelve before, as the area's page does. */
async function lastYears(a, query, lastYear) {
  const q = new URLSearchParams(query);
  if (a.year_before?.covered || q.has('from') || q.has('to') || !lastYear) return null;
  q.set('from', lastYear.from);
  q.set('to', lastYear.to);
  const before = (await ask(`${a.url.replace('/areas/', '/v1/areas/')}?${q}`)).year_before;
  return before?.covered ? before : null;
}

/** What is told of the newest half-year, when it is told for areas of this set. */
async function newestHalf(release, set) {
  const by = release.by_area;
  if (!by?.last_half || by.set !== set) return null;
  const lang = document.documentElement.lang;
  const [answer, areas] = await Promise.all([ask(`${by.url}?half=${by.last_half}&lang=${lang}`), ask(`/v1/areas/${encodeURIComponent(set)}?lang=${lang}`)]);
  return { ...answer, names: new Map(areas.areas.map((x) => [x.code, x.name])) };
}

/** Counts of the groups that hold the area, never of the area alone unless it is a group by itself. */
function halfBlock(release, half, set, a) {
  if (!release.by_area) return [];
  const query = new URLSearchParams(location.search).get('lang'), lang = query ? `?lang=${query}` : '';
  if (!half) return [h('p.by-half', {}, h('a.forward', { href: `/by-area${lang}` }, t('map.app.half_elsewhere')))];
  const [year, part] = release.by_area.last_half.split('-');
  const period = periodText(`${year}-${part === '1' ? '01' : '07'}`, `${year}-${part === '1' ? '06' : '12'}`);
  const own = half.rows.filter((r) => !r.areas.length || r.areas.includes(a.code));
  const label = new Map([...release.rules.map((r) => [r.class, r.label]), ...half.rows.map((r) => [r.class, r.label])]);
  const kinds = (list) => [...new Set(list)].map((c) => label.get(c) ?? c).join(', ');
  const told = own.filter((r) => r.count), none = own.filter((r) => !r.count && !told.some((x) => x.class === r.class));
  const together = (r) => {
    const others = r.areas.filter((c) => c !== a.code).map((c) => half.names.get(c) ?? c);
    if (!r.areas.length) return t('map.app.half_somewhere');
    if (!others.length) return null;
    if (r.areas.length === half.names.size) return t('map.app.half_whole');
    return t('map.app.half_with', { areas: others.length > 2 ? t('map.app.more_areas', { list: others.slice(0, 2).join(', '), n: others.length - 2 }) : others.join(', ') });
  };
  return [h('section.by-half', {}, h('h3', {}, t('map.app.half_title', { period })),
    told.length ? h('dl.facts', {}, told.map((r) => figure(capital(r.label), count(r.count), together(r)))) : null,
    none.length ? h('p.note', {}, t('map.app.half_none', { kinds: kinds(none.map((r) => r.class)) })) : null,
    half.missing.length ? h('p.note', {}, t('map.app.half_few', { n: half.fewer_than, kinds: kinds(half.missing.map((r) => r.class)) })) : null,
    h('p', {}, h('a.forward', { href: `${a.url}${lang}#halves` }, t('map.app.half_more'))))];
}

function areaFigures(a, setName, query, recent, half) {
  const out = [h('p.kicker', {}, setName), h('p.big', {}, h('strong', {}, count(a.count)), ' ', t('map.app.incidents_word', { n: a.count }))];
  const list = [];
  if (a.rate.value != null) {
    list.push(figure(t('map.app.rate', { per: a.rate.per }), decimal(a.rate.value, 1), t('map.app.interval', { low: decimal(a.rate.low, 1), high: decimal(a.rate.high, 1) })));
  }
  const y = recent ?? a.year_before;
  if (y) {
    list.push(figure(t(recent ? 'map.app.change_recent' : 'map.app.change'), y.change_percent == null ? '\u2013' : signedPercent(y.change_percent),
      y.change_percent == null ? t('map.app.change_none') : t('map.app.change_note', { period: periodText(y.from.slice(0, 7), y.to.slice(0, 7)), n: y.count, low: signedPercent(y.change_low), high: signedPercent(y.change_high) })));
  }
  if (a.clearance.percent != null) {
    list.push(figure(t('map.app.cleared'), percent(a.clearance.percent), t('map.app.cleared_note', { n: a.clearance.cleared, of: a.clearance.known })));
  }
  out.push(h('dl.facts', {}, list));
  if (a.small) out.push(h('p.note', {}, t('map.app.small')));
  if (a.months.length > 2) out.push(spark(a.months));
  const lang = new URLSearchParams(location.search).get('lang');
  out.push(...half);
  const asked = [query, lang ? `lang=${lang}` : ''].filter(Boolean).join('&'); // the page speaks of the same period and kinds
  out.push(h('p', {}, h('a.forward', { href: asked ? `${a.url}?${asked}` : a.url }, t('map.app.area_page'))));
  return out;
}

function spark(months) {
  const w = 272, tall = 44, most = Math.max(1, ...months.map((m) => m.count)), step = w / months.length;
  const top = (m) => (1 - m.count / most) * tall;
  const bars = months.map((m, i) => svg('rect', { x: (i * step).toFixed(2), width: Math.max(0.6, step - (step > 4 ? 1 : 0.3)).toFixed(2), y: top(m).toFixed(1), height: (tall - top(m)).toFixed(1) }));
  return h('figure.spark', {}, svg('svg', { viewBox: `0 0 ${w} ${tall}`, role: 'img', 'aria-label': t('map.app.spark', { period: periodText(months[0].key, months.at(-1).key) }), preserveAspectRatio: 'none' }, bars),
    h('figcaption', { 'aria-hidden': 'true' }, h('span', {}, months[0].key.slice(0, 4)), h('span', {}, months.at(-1).key.slice(0, 4))));
}

function placeList(p, path) {
  const list = h('ol.incidents', {});
  const add = (incidents) => list.append(...incidents.map((i) => h('li', {},
    h('span.what', {}, capital(i.label)), h('span.when', {}, whenText(i.when)), i.outcome_label ? h('span.outcome', {}, i.outcome_label) : null)));
  add(p.incidents);
  const out = [
    h('p.big', {}, h('strong', {}, count(p.total)), ' ', t('map.app.incidents_word', { n: p.total })),
    h('p.note', {}, p.place.side_m ? t('map.app.square_note', { side: Math.round(p.place.side_m) }) : t('map.app.point_note')),
    list,
  ];
  let shown = p.incidents.length;
  const rest = () => Math.min(PAGE, Math.min(p.total, MOST) - shown);
  if (rest() > 0) {
    const more = h('button.quiet', {
      type: 'button',
      onclick: async () => {
        more.disabled = true;
        try {
          const next = await ask(path(shown + rest()));
          const first = shown;
          add(next.incidents.slice(shown));
          shown = next.incidents.length;
          if (rest() > 0 && shown > first) more.textContent = t('map.app.more', { n: rest() });
          else more.remove();
          const li = list.children[first];
          if (li) { li.tabIndex = -1; li.focus({ preventScroll: true }); }
        } catch {
          more.textContent = t('map.app.again');
        } finally { more.disabled = false; }
      },
    }, t('map.app.more', { n: rest() }));
    out.push(more);
  }
  return out;
}
