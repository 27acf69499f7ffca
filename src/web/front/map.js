// SPDX-License-Identifier: EUPL-1.2
// The map page. One state (state.js), mirrored in the address bar; one question to the server for each change of it;
// every part of the page is told the state and the answer. Parts know nothing of each other.
import { Refusal, ask, lane } from './api.js';
import { choices } from './choices.js';
import { detail } from './detail.js';
import { byId, h, icon, say } from './dom.js';
import { heat } from './heat.js';
import { showLegend, showSurface } from './legend.js';
import { search } from './search.js';
import { share } from './share.js';
import { filterQuery, outcomeKey, pageQuery, readState } from './state.js';
import { areaTable, categoryTable } from './tables.js';
import { timeline } from './timeline.js';
import { capital, count, dayShort, length, loadWords, periodText, t } from './words.js';

const PHONE = matchMedia('(max-width: 760px)');
const main = byId('main');
const embed = document.body.classList.contains('embed');
// While a handle moves the page asks for what the server's cube knows, and for the rest when the hand has rested REST_MS;
// the map takes a new filter at most every FOLLOW_MS, and is at work a FOLLOW_SHARE of the time at most: its work must not
// stand in the way of the figures.
const QUICK = 'by=category,month,hourweek', REST_MS = 120, FOLLOW_MS = 250, FOLLOW_SHARE = 1 / 4;
const here = (name) => new URL(name, import.meta.url).href;
const language = document.documentElement.lang || 'en';
const GONE = 410; // HTTP: the release was withdrawn, or gave way to a newer one
// Words and release are small and come first: the controls are there while the map's code still comes. With that what it
// would ask for when it has come, and its worker later still.
const first = Promise.all([ask(`/v1/release?lang=${encodeURIComponent(language)}`), loadWords(document.body.dataset.messages, language)]);
const mapCode = import(here(MAPVIEW));
mapCode.catch(() => {});
for (const href of [here(SHARED), document.body.dataset.worker]) document.head.append(h('link', { rel: 'modulepreload', href }));

start().catch((error) => {
  // The page that the server sent stays: form, picture, tables.
  document.documentElement.classList.add('plain');
  console.warn('map:', error.message);
});

async function start() {
  const [release] = await first;
  if (!release.rows) throw new Error('the release is empty');
  let state = readState(location.search, release);
  const sets = new Map(); // key -> /v1/areas/{key}
  let facets = null, map = null, dragging = false, frame = 0, rest = 0, place = null;
  let mapReady = false, follower = 0, followed = 0, took = 0, wanted = ''; // the map: when it last got a filter, how long that took, the next one
  let setShown; // the set of areas chosen by hand; else that of the chosen area, else the first; null: none

  // -- the frame of the page ----------------------------------------------------------------------------------------
  const story = byId('story') ?? h('div', { id: 'story' }, h('h1', { id: 'headline' }), h('p', { id: 'standfirst' }));
  const headline = story.querySelector('#headline');
  const standfirst = story.querySelector('#standfirst');
  const live = h('p.visually-hidden', { role: 'status', id: 'live' });
  const chips = h('ul.filters', { 'aria-label': t('map.app.chosen') });
  const resetButton = h('button.quiet', { type: 'button', id: 'reset', onclick: () => reset() }, t('map.app.reset'));
  const everything = h('p.note', {}, t('map.app.everything'));
  const grip = h('button.grip-button', { type: 'button', 'aria-expanded': 'false', 'aria-controls': 'desk-body' }, h('span.bar'), h('span.grip-text'));

  const what = choices('cat', groupsOf(release), (cats) => change({ cats }));
  const outcomeGroups = release.outcomes.length > 1 ? outcomeGroupsOf(release) : null;
  const outcome = outcomeGroups && choices('outcome', outcomeGroups, (outcomes) => change({ outcomes }));
  const hourly = release.finest === 'hour' || release.finest === 'minute';
  const dayly = hourly || release.finest === 'day';
  const week = dayly ? heat((hours, days, going) => change({ hours, days }, going)) : null;
  const time = timeline(release.months, (from, to, going) => change({ from, to }, going));
  const take = share(() => new URL(`${location.pathname}${location.search}`, location.href).href);
  const panel = detail(release, () => { place = null; if (state.area) change({ area: null }); else panel.hide(); });
  const finder = search(found);
  const areas = areaTable((key) => { change({ area: state.area === key ? null : key }); showArea(); });
  const categories = categoryTable(release, (key) => change({ cats: state.cats?.size === 1 && state.cats.has(key) ? null : new Set([key]) }));

  const section = (id, name, ...content) => h('section.part', { 'aria-labelledby': `${id}-title`, id }, h('div.part-head', {}, h('h2', { id: `${id}-title` }, name), content[0]), ...content.slice(1));
  const allKinds = h('button.quiet.clear', { type: 'button', onclick: () => change({ cats: null }) }, t('map.app.all_kinds'));
  const allOutcomes = h('button.quiet.clear', { type: 'button', onclick: () => change({ outcomes: null }) }, t('map.app.all_outcomes'));
  const where = whereSection();
  const timeSlot = h('section.time', { id: 'timeline', 'aria-label': t('map.app.period') }, time.el);
  const choosePane = h('div.pane', { id: 'pane-choose', role: 'tabpanel', 'aria-labelledby': 'tab-choose', tabindex: '-1' },
    section('what', t('map.app.what'), allKinds, what.el),
    week ? section('when', t('map.app.when'), week.clear, week.el) : section('when', t('map.app.when'), null, h('p.note.hours-known', {}, t('map.app.hours_none'))),
    where?.el,
    outcome ? section('ended', t('map.app.outcome'), allOutcomes, outcome.el) : null,
    take.el);
  const tableSlot = h('div.table-slot');
  const tableSwitch = h('div.segments', { role: 'group', 'aria-label': t('map.app.rows') });
  const tablePane = h('div.pane', { id: 'pane-table', role: 'tabpanel', 'aria-labelledby': 'tab-table', tabindex: '-1', hidden: true },
    tableSwitch, h('p.note', {}, t('map.app.table_note')), tableSlot);
  const tabs = tabList([['choose', t('map.app.tab_choose'), choosePane], ['table', t('map.app.tab_table'), tablePane]]);
  const deskBody = h('div.desk-body', { id: 'desk-body' }, h('div.chosen', {}, everything, chips, resetButton), tabs, choosePane, tablePane);
  const desk = h('aside.desk', { 'aria-label': t('map.app.desk') }, grip, story, deskBody);

  const canvas = byId('map') ?? h('div', { id: 'map' });
  canvas.hidden = false;
  const picture = byId('picture');
  const legend = byId('legend') ?? h('div.legend', { id: 'legend' }, h('h2', {}, t('map.app.legend')), h('ol', { id: 'legend-classes' }), h('p', { id: 'legend-note' }));
  const look = (surface, name) => h('label.segment', {}, h('input', { type: 'radio', name: 'look', value: surface ? 'surface' : 'squares', onchange: () => change({ surface }) }), h('span', {}, name));
  const looks = h('fieldset.segments', { id: 'looks' }, h('legend.visually-hidden', {}, t('map.app.look')), look(false, t('map.app.look_squares')), look(true, t('map.app.look_surface')));
  const legendTitle = legend.querySelector('h2');
  const squaresTitle = legendTitle.textContent;
  const sources = byId('sources') ?? sourcesOf(release);
  const sourceWhat = sources.querySelector('.what');
  const tip = h('div.tip', { 'aria-hidden': 'true', hidden: true });
  const round = (name, glyph, act) => {
    const b = h('button.round', { type: 'button', onclick: act, title: name }, icon(glyph));
    b.setAttribute('aria-label', name);
    return b;
  };
  const nearMe = round(t('map.app.near_me'), 'near', locate);
  nearMe.id = 'near-me';
  const buttons = h('div.map-buttons', { role: 'group', 'aria-label': t('map.app.map_buttons') },
    round(t('map.app.zoom_in'), 'plus', () => map?.zoomBy(1)), round(t('map.app.zoom_out'), 'minus', () => map?.zoomBy(-1)),
    round(t('map.app.whole'), 'whole', () => map?.whole()), 'geolocation' in navigator && !embed ? nearMe : null);
  const message = h('div.message', { role: 'alert', hidden: true });
  const empty = h('div.empty', { hidden: true });
  const mapFrame = h('div.map-frame', {}, canvas, finder.el, buttons, legend, panel.el, empty, message, tip);
  const stage = h('div.stage', {}, mapFrame, timeSlot, sources);
  const foot = document.querySelector('.page-foot');
  if (foot && !embed) { // the page ends with the window: what stood below it goes to the sources
    (sources.querySelector('.sources-more') ?? sources).append(...foot.querySelectorAll('p'));
    foot.remove();
  }
  main.replaceChildren(desk, stage, live);
  if (picture) { picture.hidden = true; mapFrame.prepend(picture); }
  main.classList.add('live');
  arrange();
  PHONE.addEventListener('change', arrange);
  sheet();

  // -- change and refresh -------------------------------------------------------------------------------------------
  /**
   * The one way in which the state changes. `going`: a handle is still held; the last call of a drag is without. While it
   * is held there is one question a frame, and the address bar stays: a drag is one step of the browser's history.
   */
  function change(patch, going = false) {
    const before = filterQuery(state, release), moved = dragging;
    state = { ...state, ...patch };
    dragging = going;
    if (going) {
      frame ||= requestAnimationFrame(() => { frame = 0; paintHandles(); refresh(true); });
      return;
    }
    cancelAnimationFrame(frame);
    frame = 0;
    writeAddress();
    if (moved || 'area' in patch || filterQuery(state, release) !== before) refresh(false);
    paint();
  }
  function writeAddress(replace = false) {
    const query = pageQuery(state, release);
    const url = `${location.pathname}${query ? `?${query}` : ''}`;
    if (`${location.pathname}${location.search}` === url) return;
    if (replace) window.history.replaceState(null, '', url);
    else window.history.pushState(null, '', url);
  }
  addEventListener('popstate', () => {
    const old = state.view;
    state = readState(location.search, release);
    place = null;
    paint();
    refresh(false);
    if (state.view && map && JSON.stringify(old) !== JSON.stringify(state.view)) map.jump(state.view);
    else if (!state.view && old && map) map.whole();
  });

  const send = lane(
    (answer, query) => {
      if (answer.release !== release.release) return newRelease();
      message.hidden = true;
      facets = { ...facets, ...answer };
      main.dataset.query = query;
      main.toggleAttribute('data-part', !answer.outcomes); // a quick answer: outcomes and areas are those of an older filter
      paint();
      announce();
      follow(query);
    },
    (error, question) => {
      if (error instanceof Refusal && error.status === 400) {
        tell(t('map.app.refused', { detail: error.message }), t('map.app.reset'), () => reset());
      } else if (error instanceof Refusal && error.status === GONE) {
        location.reload(); // withdrawn: what is shown here must go, and the page says why
      } else {
        tell(t('map.app.no_answer'), t('map.app.again'), () => refresh(false));
      }
    });
  const facetsPath = (...parts) => `/v1/facets?${parts.filter(Boolean).join('&')}`.replace(/\?$/, '');
  function refresh(going) {
    const query = filterQuery(state, release), whole = () => send(facetsPath(query), query);
    clearTimeout(rest);
    if (going) {
      send(facetsPath(query, QUICK), query, true);
      rest = setTimeout(whole, REST_MS);
    } else {
      whole();
      showDetail();
    }
  }
  /** Once the figures of a filter are painted, the map is asked for the same. */
  function follow(query) {
    wanted = query;
    if (!dragging) clearTimeout(follower);
    else if (follower) return;
    follower = setTimeout(() => requestAnimationFrame(() => {
      follower = 0;
      followed = performance.now();
      if (mapReady) map.setQuery(wanted);
      if (!map && picture?.hidden === false) showPicture(wanted);
    }), dragging ? Math.max(0, followed + Math.max(FOLLOW_MS, took / FOLLOW_SHARE) - performance.now()) : 0);
  }
  function reset() {
    place = null;
    change({ from: null, to: null, cats: null, hours: null, days: null, outcomes: null, area: null, bbox: null, poly: null });
    headline.focus({ preventScroll: true });
  }

  // -- painting: everything that shows the state --------------------------------------------------------------------
  /** What is held moves with the hand; the figures come with the answer. */
  function paintHandles() {
    time.update(state);
    week?.update(state);
  }
  function paint() {
    what.update(state.cats, facets?.categories,
      facets?.iccs && Object.fromEntries(Object.entries(facets.iccs).map(([section, n]) => [`iccs-${section}`, n])));
    outcome?.update(state.outcomes, facets?.outcomes);
    week?.update(state, facets);
    time.update(state, facets);
    take.update(filterQuery(state, release));
    allKinds.hidden = !state.cats;
    allOutcomes.hidden = !state.outcomes;
    where?.update();
    paintStory();
    paintChips();
    paintTables();
    const a = chosenArea();
    if (mapReady) map.choose(a ? a.number : null);
    paintLook();
    empty.hidden = !(facets && facets.total === 0);
    if (!empty.hidden) {
      empty.replaceChildren(h('p.empty-title', {}, t('map.app.nothing')), h('p', {}, t('map.app.nothing_note')),
        h('p', {}, h('button.button.strong', { type: 'button', onclick: () => reset() }, t('map.app.reset'))));
    }
  }
  // -- squares or a surface ------------------------------------------------------------------------------------------
  let density = null; // /v1/density: its classes are the same for every question
  function paintLook() {
    for (const input of looks.querySelectorAll('input')) input.checked = (input.value === 'surface') === state.surface;
    if (mapReady) map.setSurface(state.surface);
    const part = state.area || state.bbox || state.poly;
    legendTitle.textContent = !state.surface || !map ? squaresTitle : t(part ? 'map.app.legend_surface_part' : 'map.app.legend_surface');
    if (!map || !state.surface) return;
    if (density) { paintSurfaceLegend(); return; }
    density = ask('/v1/density').then((answer) => { density = answer; paintLook(); }, () => { density = null; });
  }
  function paintSurfaceLegend() {
    if (!density.classes) return; // still on its way
    showSurface(legend.querySelector('#legend-classes'), legend.querySelector('#legend-note'), density.classes,
      t(PHONE.matches ? 'map.app.legend_kernel_short' : 'map.app.legend_kernel', { radius: length(density.bandwidth_m) }));
    main.dataset.classes = String(density.classes.length);
  }
  function period() {
    return [state.from ?? release.months[0], state.to ?? release.months.at(-1)];
  }
  function paintStory() {
    if (!facets) return;
    const n = facets.total;
    headline.tabIndex = -1;
    const number = h('span.number', {}, count(n));
    const [a, b] = period();
    const text = t('map.app.headline', { n }).split('{count}');
    if (headline.dataset.said !== `${n}`) {
      headline.replaceChildren(text[0] ?? '', number, text[1] ?? '');
      headline.dataset.said = `${n}`;
    }
    const parts = [periodText(a, b), chosenArea()?.area.name ?? release.town];
    const missing = facets.without_point ? t('map.app.without_point', { n: facets.without_point }) : '';
    const key = parts.join('|') + missing;
    if (standfirst.dataset.said !== key) {
      standfirst.replaceChildren(h('span.what', {}, `${chosenArea()?.area.name ?? release.town}, ${periodText(a, b)}`), missing ? h('span.note', {}, ` ${missing}`) : '');
      standfirst.dataset.said = key;
      // The line of sources begins with the same words, and must go on telling the truth.
      if (sourceWhat) sourceWhat.textContent = `${parts[1]}, ${parts[0]}. `;
    }
    grip.querySelector('.grip-text').textContent = desk.classList.contains('up') ? t('map.app.sheet_down') : t('map.app.sheet_up');
  }
  function paintChips() {
    const list = [];
    const chip = (text, clear) => list.push({ text, clear });
    if (state.from || state.to) chip(periodText(...period()), { from: null, to: null });
    if (state.cats) {
      const names = release.categories.filter((c) => state.cats.has(c.key)).map((c) => capital(c.label));
      chip(names.length > 2 ? t('map.app.chip_kinds', { n: names.length }) : names.join(', '), { cats: null });
    }
    if (state.days) chip([...state.days].sort((x, y) => x - y).map(dayShort).join(', '), { days: null });
    if (state.hours) chip(hoursText(state.hours), { hours: null });
    if (state.outcomes) {
      const names = release.outcomes.filter((o) => state.outcomes.has(outcomeKey(o))).map((o) => capital(o.label || t('map.app.outcome_none')));
      chip(names.length > 1 ? t('map.app.chip_outcomes', { n: names.length }) : names[0], { outcomes: null });
    }
    if (state.area) chip(chosenArea()?.area.name ?? state.area, { area: null });
    if (state.bbox || state.poly) chip(t('map.app.chip_shape'), { bbox: null, poly: null });
    const key = JSON.stringify(list.map((c) => c.text));
    if (chips.dataset.said === key) return;
    chips.dataset.said = key;
    chips.hidden = resetButton.hidden = !list.length;
    everything.hidden = list.length > 0;
    chips.replaceChildren(...list.map((c) => {
      const b = h('button.filter-chip', { type: 'button', onclick: () => { change(c.clear); (chips.querySelector('button') ?? headline).focus({ preventScroll: true }); } }, h('span', {}, c.text), icon('close'));
      b.setAttribute('aria-label', t('map.app.remove', { name: c.text }));
      return h('li', {}, b);
    }));
  }

  // -- tables -------------------------------------------------------------------------------------------------------
  const none = [];
  let tableShown = null; // what it was made of: rows are made anew only for other figures
  let rowsOf = release.sets.length ? 'areas' : 'categories';
  function paintTables() {
    if (!facets || tablePane.hidden) return;
    if (!tableSwitch.children.length) {
      const button = (key, name) => h('button', { type: 'button', 'data-key': key, onclick: () => { rowsOf = key; paintTables(); } }, name);
      if (release.sets.length) tableSwitch.append(button('areas', t('map.app.rows_areas')));
      tableSwitch.append(button('categories', t('map.app.rows_categories')));
    }
    for (const b of tableSwitch.children) b.setAttribute('aria-pressed', String(b.dataset.key === rowsOf));
    const set = sets.get(currentSet());
    const rows = rowsOf === 'areas' ? [set, facets.areas?.[set?.set] ?? none, state.area] : [facets.categories, state.cats];
    if (tableShown?.length !== rows.length || rows.some((r, i) => r !== tableShown[i])) {
      if (rowsOf === 'areas' && set) areas.update(...rows);
      if (rowsOf === 'categories') categories.update(...rows);
      tableShown = rows;
    }
    const el = rowsOf === 'areas' ? areas.el : categories.el;
    if (tableSlot.firstChild !== el) tableSlot.replaceChildren(el);
  }

  // -- areas --------------------------------------------------------------------------------------------------------
  function currentSet() {
    const of = state.area?.split(':')[0];
    if (of && release.sets.some((s) => s.key === of)) return of;
    return setShown === undefined ? release.usual_set : setShown;
  }
  function chosenArea() {
    if (!state.area) return null;
    const [key, ...rest] = state.area.split(':');
    const set = sets.get(key);
    const i = set?.areas.findIndex((a) => a.code === rest.join(':')) ?? -1;
    return i < 0 ? null : { set, area: set.areas[i], number: i + 1 };
  }
  async function needSet(key) {
    if (!key || sets.has(key)) return sets.get(key);
    const answer = await ask(`/v1/areas/${encodeURIComponent(key)}?lang=${encodeURIComponent(language)}`);
    sets.set(key, answer);
    return answer;
  }
  async function showSet() {
    const key = currentSet();
    map?.setAreas(key);
    await needSet(key);
    where?.fill();
    paint();
  }
  /** Brings the chosen area into view, left of the panel that tells about it. */
  async function showArea() {
    await needSet(state.area?.split(':')[0]).catch(() => null);
    const a = chosenArea();
    if (a) map?.show(a.area.bbox, 13.9, PHONE.matches ? { top: 66, bottom: mapFrame.clientHeight * 0.52 + 14, left: 20, right: 20 } : { top: 70, bottom: 120, left: 40, right: 400 }, null);
  }
  function whereSection() {
    if (!release.sets.length) return null;
    const select = h('select', { id: 'area', onchange: () => { change({ area: select.value || null }); showArea(); } });
    const radio = (key, name) => h('label.segment', {}, h('input', { type: 'radio', name: 'set', value: key, onchange: () => { setShown = key || null; change({ area: null }); showSet(); } }), h('span', {}, name));
    const kinds = h('fieldset.segments', {}, h('legend.visually-hidden', {}, t('map.app.borders')), release.sets.map((s) => radio(s.key, s.name)), radio('', t('map.app.no_borders')));
    const el = section('where', t('map.app.where'), null, kinds, h('p.field', {}, h('label', { for: 'area' }, t('map.app.choose_area')), select));
    let filled = null;
    return {
      el,
      fill() {
        const set = sets.get(currentSet());
        if (filled === set) return;
        filled = set;
        select.replaceChildren(h('option', { value: '' }, t('map.app.everywhere')), ...(set?.areas ?? []).map((a) => h('option', { value: `${set.set}:${a.code}` }, a.name)));
        select.disabled = !set;
      },
      update() {
        const key = currentSet() ?? '';
        for (const r of kinds.querySelectorAll('input')) r.checked = r.value === key;
        select.value = state.area ?? '';
      },
    };
  }
  async function showDetail(focus = false) {
    if (place) return panel.place(place.id, place.name, filterQuery(state, release), focus);
    if (!state.area) return panel.hide();
    const key = state.area.split(':')[0];
    await needSet(key).catch(() => null);
    map?.setAreas(currentSet());
    where?.fill();
    paint();
    const a = chosenArea();
    if (!a) return panel.hide();
    panel.area(key, a.set.name, a.area, filterQuery(state, release, 'area'), focus);
  }

  function found(r) {
    sheetTo('down');
    if (r.kind === 'area' && r.set) {
      place = null;
      change({ area: `${r.set}:${r.code}` });
      return showArea();
    }
    if (r.bbox && (r.bbox[2] - r.bbox[0] > 0.0005 || r.bbox[3] - r.bbox[1] > 0.0005)) map?.show(r.bbox);
    else if (r.center) map?.go({ lon: r.center[0], lat: r.center[1], z: 15.5 });
  }
  function locate() {
    nearMe.setAttribute('aria-busy', 'true');
    navigator.geolocation.getCurrentPosition((p) => {
      nearMe.removeAttribute('aria-busy');
      // The middle of the map goes into the address, which is kept, sent on and logged: some 100 m are near enough.
      const [lon, lat] = [p.coords.longitude, p.coords.latitude].map((v) => Math.round(v * 1000) / 1000);
      const [w, s, e, n] = release.extent;
      if (lon < w || lon > e || lat < s || lat > n) tell(t('map.app.outside', { town: release.town }));
      else map?.go({ lon, lat, z: 15 });
    }, () => {
      nearMe.removeAttribute('aria-busy');
      tell(t('map.app.no_position'));
    }, { maximumAge: 60000, timeout: 10000 });
  }

  // -- messages -----------------------------------------------------------------------------------------------------
  let announceTimer = 0, said = null;
  function announce() {
    clearTimeout(announceTimer);
    announceTimer = setTimeout(() => {
      const text = t('map.app.announce', { n: facets.total });
      if (said != null && said !== text) say(live, text);
      said = text;
    }, 500);
  }
  function tell(text, action, act) {
    const close = h('button.round', { type: 'button', onclick: () => { message.hidden = true; } }, icon('close'));
    close.setAttribute('aria-label', t('map.app.close'));
    message.replaceChildren(h('span', {}, text), action ? h('button.button', { type: 'button', onclick: () => { message.hidden = true; act(); } }, action) : '', close);
    message.hidden = false;
  }
  /** Is this still the release that is served? The figures tell: of a newer one, or none. */
  function lookAgain() {
    const query = filterQuery(state, release);
    if (message.hidden) send(facetsPath(query), query);
  }
  document.addEventListener('visibilitychange', () => { if (!document.hidden) lookAgain(); });
  function newRelease() {
    tell(t('map.app.new_release'), t('map.app.reload'), () => location.reload());
  }

  // -- phone: the desk is a sheet that is drawn up from below -------------------------------------------------------
  function arrange() {
    if (PHONE.matches) {
      choosePane.prepend(timeSlot);
      mapFrame.append(looks);
      mapFrame.after(legend); // below the map: what opens over the map must not hide it
    } else {
      mapFrame.after(timeSlot);
      buttons.after(legend);
      legend.prepend(looks);
    }
    sheetTo('down');
    map?.resize();
  }
  function sheetTo(where) {
    const up = PHONE.matches && where === 'up';
    desk.classList.toggle('up', up);
    grip.setAttribute('aria-expanded', String(up));
    deskBody.inert = PHONE.matches && !up;
    grip.querySelector('.grip-text').textContent = up ? t('map.app.sheet_down') : t('map.app.sheet_up');
    if (!up) deskBody.scrollTop = 0;
  }
  function sheet() {
    let from = null;
    grip.addEventListener('click', () => { if (!from?.moved) sheetTo(desk.classList.contains('up') ? 'down' : 'up'); from = null; });
    const head = [grip, story];
    for (const el of head) {
      el.addEventListener('pointerdown', (e) => { if (PHONE.matches && !e.button) from = { y: e.clientY, moved: false }; });
      el.addEventListener('pointerup', (e) => {
        if (!from) return;
        const by = e.clientY - from.y;
        from.moved = Math.abs(by) > 24;
        if (from.moved) sheetTo(by < 0 ? 'up' : 'down');
        if (el === story) { if (!from.moved) sheetTo('up'); from = null; }
      });
    }
    desk.addEventListener('keydown', (e) => { if (e.key === 'Escape' && desk.classList.contains('up')) { sheetTo('down'); grip.focus(); } });
  }

  function tabList(list) {
    const buttons = list.map(([key, name, pane], i) => h('button', {
      type: 'button', role: 'tab', id: `tab-${key}`, 'aria-controls': pane.id, 'aria-selected': String(i === 0), tabindex: i === 0 ? '0' : '-1',
      onclick: () => select(i),
      onkeydown: (e) => {
        const by = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
        if (!by) return;
        e.preventDefault();
        select((i + by + list.length) % list.length);
        buttons[(i + by + list.length) % list.length].focus();
      },
    }, name));
    function select(k) {
      list.forEach(([, , pane], i) => {
        pane.hidden = i !== k;
        buttons[i].setAttribute('aria-selected', String(i === k));
        buttons[i].tabIndex = i === k ? 0 : -1;
      });
      paintTables();
    }
    return h('div.tabs', { role: 'tablist', 'aria-label': t('map.app.desk') }, buttons);
  }

  // -- the map ------------------------------------------------------------------------------------------------------
  function showPicture(query) {
    if (!picture) return;
    picture.hidden = false;
    canvas.hidden = true;
    const img = picture.querySelector('img');
    if (img) img.src = `/picture.svg?${query ? `${query}&` : ''}lang=${encodeURIComponent(language)}&w=960&h=640`;
  }
  async function startMap() {
    try {
      // Names on the map are drawn once: with the letters of the page and of the town, or with a stranger's for good.
      const letters = ['en', language, release.lang].map((l) => ({ en: 'A', cs: 'Až', uk: 'Ї' })[l] ?? '').join('');
      const [{ mapView }, basemap] = await Promise.all([mapCode, release.basemap ? import(here(BASEMAP)) : null,
        ...['400', '600'].map((w) => document.fonts.load(`${w} 24px "Hromada Sans"`, letters).catch(() => {}))]);
      map = mapView(canvas, release, {
        basemap, worker: document.body.dataset.worker, view: state.view, label: t('map.app.map_label'), padding: embed ? 12 : PHONE.matches ? { top: 64, bottom: 14, left: 14, right: 14 } : { top: 36, bottom: 36, left: 36, right: 76 },
      }, {
        areaClick: (p) => { place = null; change({ area: state.area === `${currentSet()}:${p.code}` ? null : `${currentSet()}:${p.code}` }); },
        placeClick: (p) => { place = { id: p.id, name: p.name }; showDetail(); },
        hover: showTip,
        moved: (view) => {
          state.view = view;
          writeAddress(true);
        },
        busy: (yes) => {
          main.toggleAttribute('data-busy', yes);
          if (!yes) took = performance.now() - followed;
        },
        classes: paintLegend,
        error: (error) => { if (error?.status === GONE) lookAgain(); },
      });
    } catch (error) {
      // No WebGL: the server draws.
      console.info('map: drawn by the server,', error.message ?? error);
      main.classList.add('no-webgl');
      buttons.hidden = looks.hidden = true;
      showPicture(filterQuery(state, release));
      return;
    }
    await map.ready;
    mapReady = true;
    if (state.area && !state.view) showArea();
    map.setAreas(currentSet());
    followed = performance.now();
    map.setQuery(filterQuery(state, release));
    paint();
    document.addEventListener('theme', () => map.repaint());
    map.attribution().then(credit, () => {});
    if (picture) {
      const paper = h('img.paper', { alt: '' });
      addEventListener('beforeprint', () => { paper.src = map.picture(); mapFrame.append(paper); });
      addEventListener('afterprint', () => paper.remove());
    }
    main.dataset.map = 'ready';
  }
  /** Whose lines lie under the figures: the basemap's owner in view, the licences of borders and layers with the sources. */
  function credit(basemap) {
    const part = (text) => sources.querySelector('.brief')?.append(h('span.credit', {}, ` ${text}`));
    if (basemap) part(t('map.app.credit', { name: basemap }));
    const licensed = [...release.sets.map((s) => [s.name, s.licence]), ...(basemap ? [] : release.layers.map((l) => [l.key, l.licence]))].filter(([, licence]) => licence);
    if (licensed.length) sources.querySelector('.sources-more')?.append(h('p', {}, t('map.app.credit', { name: licensed.map(([name, licence]) => `${name} (${licence})`).join('; ') })));
  }
  function paintLegend(breaks, values, side) {
    const places = map.map.getZoom() >= release.tiles.places_from_zoom;
    const list = legend.querySelector('#legend-classes'), note = legend.querySelector('#legend-note');
    const metres = side ? length(side) : '';
    showLegend(list, note, breaks, values, places ? (side ? t('map.app.legend_place', { side: metres }) : t('map.app.legend_point')) : t('map.app.legend_cell', { side: metres }));
    main.dataset.classes = String(breaks.length + 1);
  }
  function showTip(at, point) {
    if (!at || (at.n == null && !at.area && !at.place) || PHONE.matches) { tip.hidden = true; return; }
    const n = at.place?.n ?? at.n;
    tip.replaceChildren(...[
      at.place ? h('strong', {}, at.place.name || t('map.app.place')) : at.area ? h('strong', {}, at.area.name) : null,
      n != null ? h('span', {}, t(at.place ? 'map.app.tip_place' : 'map.app.tip_cell', { n })) : null,
      at.area && !at.place ? h('span.note', {}, t('map.app.tip_area', { n: areaCount(at.area.code) ?? 0 })) : null,
    ].filter(Boolean));
    tip.hidden = false;
    const box = mapFrame.getBoundingClientRect();
    const left = point.x + 16 + tip.offsetWidth > box.width ? point.x - tip.offsetWidth - 12 : point.x + 16;
    tip.style.transform = `translate(${Math.round(left)}px, ${Math.round(Math.min(point.y + 14, box.height - tip.offsetHeight - 8))}px)`;
  }
  function areaCount(code) {
    const set = sets.get(currentSet());
    const i = set?.areas.findIndex((a) => a.code === code) ?? -1;
    return i < 0 ? null : facets?.areas?.[set.set]?.[i];
  }

  paint();
  refresh(false);
  showSet().catch(() => {});
  await startMap();
}

function groupsOf(release) {
  const items = release.categories.map((c, index) => ({ key: c.key, label: c.label, iccs: c.iccs, index }));
  const known = new Set(release.iccs.map((s) => s.section));
  const groups = release.iccs.map((s) => ({ key: `iccs-${s.section}`, label: s.label, items: items.filter((i) => i.iccs === s.section) }));
  const rest = items.filter((i) => !known.has(i.iccs));
  if (rest.length) groups.push({ key: 'iccs-other', label: t('map.app.other'), items: rest });
  return groups.filter((g) => g.items.length);
}

function outcomeGroupsOf(release) {
  const items = release.outcomes.map((o, index) => ({ key: outcomeKey(o), label: o.label || t('map.app.outcome_none'), is: o.is, index }));
  if (items.length <= 6) return items.map((o) => ({ key: o.key, label: o.label, items: [o] }));
  return ['cleared', 'closed', 'open'].map((is) => ({ key: is, label: t(`map.app.is_${is}`), items: items.filter((o) => o.is === is) })).filter((g) => g.items.length);
}

function sourcesOf(release) {
  return h('footer.sources', { id: 'sources' }, h('p.brief', {}, ...release.sources.flatMap((s) => [
    h('span', {}, `${t('map.app.source')}: `), s.homepage ? h('a', { href: s.homepage }, s.name) : s.name, `, ${s.licence}. `, s.caveat ? h('span.caveat', {}, `${s.caveat} `) : ''])));
}

function hoursText(hours) {
  const on = [...hours].sort((a, b) => a - b);
  const start = on.filter((x) => !hours.has((x + 23) % 24));
  return start.map((a) => {
    let b = a;
    while (hours.has((b + 1) % 24) && (b + 1) % 24 !== a) b = (b + 1) % 24;
    return `${a}:00\u2013${(b + 1) % 24 || 24}:00`;
  }).join(', ');
}
