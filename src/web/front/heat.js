// SPDX-License-Identifier: EUPL-1.2
// Hours across, weekdays down: the chart that is its own control. A choice is a set of hours times a set of days.
// One stop for the keyboard: arrows move, Shift widens, Enter or Space chooses, Escape lets everything in again.
import { h, say, set } from './dom.js';
import { capital, count, dayName, dayShort, t } from './words.js';

const range = (a, b) => Array.from({ length: Math.abs(b - a) + 1 }, (_, i) => Math.min(a, b) + i);
const shortcuts = [
  ['morning', [6, 7, 8, 9, 10, 11], null], ['afternoon', [12, 13, 14, 15, 16, 17], null],
  ['evening', [18, 19, 20, 21], null], ['night', [22, 23, 0, 1, 2, 3, 4, 5], null], ['weekend', null, [5, 6]],
];
const same = (a, b) => (a == null ? b == null : b != null && a.size === b.length && b.every((x) => a.has(x)));

/** @param onChange (hours: Set | null, days: Set | null, live: boolean) */
export function heat(onChange) {
  let hours = null, days = null, values = new Array(168).fill(0);
  let cursor = { d: 0, h: 0 }, drag = null;
  const setOf = (list, size) => (list.length && list.length < size ? new Set(list) : null);
  // The choice is ours at once: what ends a drag says it again though the page has not painted yet.
  function choose(hs, ds, live = false) {
    hours = setOf(hs, 24);
    days = setOf(ds, 7);
    onChange(hours, days, live);
  }

  const drawn = []; // what each cell shows: only what differs is written
  const cells = [], dayHeads = [], hourHeads = [];
  const corner = h('td.corner');
  const head = h('tr', { role: 'row' }, corner, range(0, 23).map((hour) => {
    const el = h('th.hour', { scope: 'col', role: 'columnheader', 'data-hour': hour, id: `heat-h${hour}` }, h(hour % 3 ? 'span.visually-hidden' : 'span', {}, String(hour)));
    el.setAttribute('aria-label', t('map.app.hour', { hour: `${hour}:00` }));
    hourHeads.push(el);
    return el;
  }));
  const body = range(0, 6).map((d) => {
    const th = h('th.day', { scope: 'row', role: 'rowheader', 'data-day': d, id: `heat-d${d}` }, dayShort(d));
    th.setAttribute('aria-label', dayName(d));
    dayHeads.push(th);
    return h('tr', { role: 'row' }, th, range(0, 23).map((hour) => {
      const td = h('td', { role: 'gridcell', id: `heat-${d}-${hour}`, 'data-how': d * 24 + hour });
      cells.push(td);
      return td;
    }));
  });
  const grid = h('table.heat', {
    role: 'grid', tabindex: '0', 'aria-multiselectable': 'true', 'aria-label': t('map.app.heat_label'),
    'aria-describedby': 'heat-help', 'aria-activedescendant': 'heat-0-0',
  }, h('thead', { role: 'rowgroup' }, head), h('tbody', { role: 'rowgroup' }, body));
  const readout = h('p.heat-readout', { 'aria-hidden': 'true' });

  const chips = shortcuts.map(([key, hs, ds]) => h('button.chip', {
    type: 'button', 'data-key': key,
    onclick: () => {
      const on = hs ? same(hours, hs) : same(days, ds);
      if (hs) onChange(on ? null : new Set(hs), days, false);
      else onChange(hours, on ? null : new Set(ds), false);
    },
  }, t(`map.app.${key}`)));
  const clear = h('button.quiet.clear', { type: 'button', onclick: () => onChange(null, null, false) }, t('map.app.all_hours'));
  const noTime = h('p.note.hours-known');

  const where = (el) => {
    const cell = el?.closest?.('td[data-how], th[data-day], th[data-hour]');
    if (!cell || !grid.contains(cell)) return null;
    if (cell.dataset.how) return { d: Math.floor(cell.dataset.how / 24), h: cell.dataset.how % 24 };
    return cell.dataset.day ? { d: Number(cell.dataset.day), h: -1 } : { d: -1, h: Number(cell.dataset.hour) };
  };
  const inCells = (p) => p.d >= 0 && p.h >= 0;

  function flip(old, i, size) {
    const next = new Set(old ?? []);
    if (next.has(i)) next.delete(i); else next.add(i);
    return next.size && next.size < size ? next : null;
  }
  const chosenAt = (p) => (!hours || hours.has(p.h)) && (!days || days.has(p.d));
  /** A click on the one chosen cell lets everything in again; on any other, that hour of that day alone. */
  function press(p) {
    if (p.h < 0) onChange(hours, flip(days, p.d, 7), false);
    else if (p.d < 0) onChange(flip(hours, p.h, 24), days, false);
    else if (hours?.size === 1 && days?.size === 1 && chosenAt(p)) onChange(null, null, false);
    else choose([p.h], [p.d]);
  }

  grid.addEventListener('pointerdown', (e) => {
    const p = where(e.target);
    if (!p || e.button) return;
    cursor = { d: Math.max(p.d, -1), h: Math.max(p.h, -1) };
    drag = { from: p, last: p, moved: false };
    if (inCells(p)) grid.setPointerCapture(e.pointerId);
    mark();
  });
  grid.addEventListener('pointermove', (e) => {
    const p = where(document.elementFromPoint(e.clientX, e.clientY));
    if (p) tell(p);
    if (!drag || !p || !inCells(p) || !inCells(drag.from)) return;
    if (p.d === drag.last.d && p.h === drag.last.h) return;
    drag.last = p;
    drag.moved = true;
    cursor = p;
    choose(range(drag.from.h, p.h), range(drag.from.d, p.d), true);
  });
  const end = (e) => {
    if (!drag) return;
    const d = drag;
    drag = null;
    if (d.moved) choose(range(d.from.h, d.last.h), range(d.from.d, d.last.d));
    else if (e.type !== 'pointercancel') press(d.from);
  };
  grid.addEventListener('pointerup', end);
  grid.addEventListener('pointercancel', end);
  grid.addEventListener('pointerleave', () => { if (!drag) tell(null); });

  let anchor = null, widening = false;
  grid.addEventListener('keydown', (e) => {
    const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[e.key];
    const was = { ...cursor };
    if (step) cursor = { d: clamp(cursor.d + step[0], -1, 6), h: clamp(cursor.h + step[1], -1, 23) };
    else if (e.key === 'Home') cursor = { d: cursor.d, h: -1 };
    else if (e.key === 'End') cursor = { d: cursor.d, h: 23 };
    else if (e.key === 'Enter' || e.key === ' ') press(cursor);
    else if (e.key === 'Escape' && (hours || days)) onChange(null, null, false);
    else return;
    if (cursor.d < 0 && cursor.h < 0) cursor = was;
    if (step && e.shiftKey && inCells(cursor)) {
      anchor ??= inCells(was) ? was : cursor;
      widening = true;
      choose(range(anchor.h, cursor.h), range(anchor.d, cursor.d), true);
    } else if (!e.shiftKey) anchor = null;
    e.preventDefault();
    e.stopPropagation();
    mark();
    tell(cursor);
  });
  grid.addEventListener('keyup', (e) => {
    if (e.key === 'Shift') widened(); // the anchor stays: Shift may be pressed again
  });
  function widened() {
    if (widening) onChange(hours, days, false);
    widening = false;
  }
  const clamp = (x, a, b) => Math.max(a, Math.min(b, x));
  grid.addEventListener('focus', () => mark());
  grid.addEventListener('blur', () => { widened(); mark(true); });

  const elementAt = (p) => (p.h < 0 ? dayHeads[p.d] : p.d < 0 ? hourHeads[p.h] : cells[p.d * 24 + p.h]);
  function mark(gone = false) {
    grid.querySelector('.cursor')?.classList.remove('cursor');
    const el = elementAt(cursor);
    grid.setAttribute('aria-activedescendant', el.id);
    if (!gone && grid.matches(':focus-visible')) el.classList.add('cursor');
  }
  function tell(p) {
    if (!p) { say(readout, ''); return; }
    const of = inCells(p) ? [values[p.d * 24 + p.h]] : p.h < 0 ? values.slice(p.d * 24, p.d * 24 + 24) : range(0, 6).map((d) => values[d * 24 + p.h]);
    const day = p.d < 0 ? t('map.app.every_day') : capital(dayName(p.d));
    say(readout, `${day}${p.h < 0 ? '' : ` ${p.h}:00\u2013${p.h + 1}:00`}: ${count(of.reduce((a, b) => a + b, 0))}`);
  }

  function update(state, facets) {
    hours = state.hours;
    days = state.days;
    if (facets) values = facets.hourweek;
    const most = Math.max(1, ...values), least = Math.min(...values);
    cells.forEach((td, i) => {
      const p = { d: Math.floor(i / 24), h: i % 24 }, v = values[i];
      // Six steps of equal width between the quietest hour and the busiest; an hour without anything has no colour.
      const step = v === 0 ? 0 : Math.min(6, 1 + Math.floor(((v - least) / Math.max(1, most - least)) * 6));
      const on = chosenAt(p), selected = Boolean((hours || days) && on), old = drawn[i];
      if (old?.step !== step || old.on !== on) td.className = `h${step}${on ? '' : ' off'}${td.classList.contains('cursor') ? ' cursor' : ''}`;
      if (old?.selected !== selected) set(td, { 'aria-selected': String(selected) });
      if (old?.v !== v) td.setAttribute('aria-label', `${dayShort(p.d)} ${p.h}:00, ${count(v)}`);
      drawn[i] = { step, on, selected, v };
    });
    dayHeads.forEach((th, d) => th.classList.toggle('off', days != null && !days.has(d)));
    hourHeads.forEach((th, i) => th.classList.toggle('off', hours != null && !hours.has(i)));
    chips.forEach((c, i) => c.setAttribute('aria-pressed', String(shortcuts[i][1] ? same(hours, shortcuts[i][1]) : same(days, shortcuts[i][2]))));
    clear.hidden = !hours && !days;
    if (facets) {
      const known = values.reduce((a, b) => a + b, 0), month = facets.no_time, day = facets.weekday_only.reduce((a, b) => a + b, 0);
      const said = { n: known + day + month, known };
      say(noTime, !day && !month ? '' : t(!day ? 'map.app.hours_or_month' : !month ? 'map.app.hours_or_day' : 'map.app.hours_or_either', said));
      noTime.hidden = !day && !month;
    }
  }
  const el = h('div.heat-control', {}, grid, readout, h('div.chip-row', {}, chips), noTime,
    h('p.visually-hidden', { id: 'heat-help' }, t('map.app.heat_help')));
  return { el, clear, update };
}
