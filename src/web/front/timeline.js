// SPDX-License-Identifier: EUPL-1.2
// Counts by month, and the window that says which of them are meant. Two handles and the window between them can be
// dragged, or moved with the keyboard: arrows by a month, Page keys by a year, Home and End to the edge.
import { h, icon, say, set, svg } from './dom.js';
import { capital, count, monthLetter, monthName, periodText, t } from './words.js';
import { monthNumber, monthOf } from './state.js';

const TOP = 16, BOTTOM = 22;

/** @param onChange (from: month | null, to: month | null, live: boolean) */
export function timeline(months, onChange) {
  const first = monthNumber(months[0]), n = months.length;
  let from = 0, to = n - 1, counts = new Array(n).fill(0), width = 0, height = 0, drag = null, held = false;
  const plot = svg('svg.plot', { 'aria-hidden': 'true' });
  const label = h('output.period-label', { id: 'period-label' });
  const hover = h('span.period-hover', { 'aria-hidden': 'true' });

  const slider = (which, name) => h(`div.grip.${which}`, {
    role: 'slider', tabindex: '0', 'data-part': which, 'aria-label': name, 'aria-valuemin': 0, 'aria-valuemax': n - 1,
  }, h('span'));
  const left = slider('from', t('map.app.first_month'));
  const right = slider('to', t('map.app.last_month'));
  const middle = slider('both', t('map.app.move_period'));
  const track = h('div.track', {}, plot, middle, left, right);

  // The window is ours at once: the next move, or the end of a drag, goes on from it though the page has not painted yet.
  function send(a, b, live) {
    from = a;
    to = b;
    const all = a <= 0 && b >= n - 1;
    onChange(all ? null : monthOf(first + a), all ? null : monthOf(first + b), live);
  }
  const clamp = (x, a, b) => Math.max(a, Math.min(b, x));
  function shift(by, live = false) {
    const k = clamp(by, -from, n - 1 - to);
    if (k) send(from + k, to + k, live);
  }

  const step = (id, name, glyph, act) => {
    const b = h('button.step', { type: 'button', id, onclick: act }, icon(glyph));
    b.setAttribute('aria-label', name);
    b.title = name;
    return b;
  };
  const earlier = step('step-earlier', t('map.app.earlier'), 'left', () => shift(-Math.min(to - from + 1, from || 1)));
  const later = step('step-later', t('map.app.later'), 'right', () => shift(Math.min(to - from + 1, n - 1 - to || 1)));
  const lastYear = h('button.quiet', { type: 'button', id: 'step-year', onclick: () => send(from - 12, to - 12, false) }, t('map.app.year_before'));
  const recent = h('button.quiet', { type: 'button', id: 'step-recent', onclick: () => send(Math.max(0, n - 12), n - 1, false) }, t('map.app.last_12'));
  const whole = h('button.quiet', { type: 'button', id: 'step-whole', onclick: () => onChange(null, null, false) }, t('map.app.whole_period'));

  function keys(e) {
    const part = e.currentTarget.dataset.part;
    const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -12, PageUp: 12, Home: -n, End: n }[e.key];
    if (!by) return;
    e.preventDefault();
    held = e.repeat; // a key that is held down drags
    if (part === 'both') shift(by, held);
    else if (part === 'from') send(clamp(from + by, 0, to), to, held);
    else send(from, clamp(to + by, from, n - 1), held);
  }
  function letGo() {
    if (held) send(from, to, false);
    held = false;
  }
  [left, right, middle].forEach((g) => {
    g.addEventListener('keydown', keys);
    g.addEventListener('keyup', letGo);
    g.addEventListener('blur', letGo);
  });

  const slot = () => Math.min(width / n, 56);
  const monthAt = (x) => clamp(Math.floor((x - track.getBoundingClientRect().left) / slot()), 0, n - 1);
  track.addEventListener('pointerdown', (e) => {
    if (e.button) return;
    const part = e.target.closest('.grip')?.dataset.part ?? 'new';
    const at = monthAt(e.clientX);
    drag = { part: part === 'both' && from === 0 && to === n - 1 ? 'new' : part, at, from, to, moved: false };
    track.setPointerCapture(e.pointerId);
    if (part === 'new') e.preventDefault();
  });
  track.addEventListener('pointermove', (e) => {
    const m = monthAt(e.clientX);
    say(hover, drag ? '' : `${capital(monthName(months[m]))}: ${count(counts[m])}`);
    if (!drag || (m === drag.last)) return;
    if (m !== drag.at) drag.moved = true;
    if (!drag.moved) return;
    drag.last = m;
    const by = m - drag.at;
    if (drag.part === 'both') {
      const k = clamp(by, -drag.from, n - 1 - drag.to);
      send(drag.from + k, drag.to + k, true);
    } else if (drag.part === 'from') send(Math.min(m, drag.to), drag.to, true);
    else if (drag.part === 'to') send(drag.from, Math.max(m, drag.from), true);
    else send(Math.min(m, drag.at), Math.max(m, drag.at), true);
  });
  const end = (e) => {
    if (!drag) return;
    const d = drag;
    drag = null;
    if (d.moved) send(from, to, false); // where it was taken away, too: what is seen must be what is chosen
    else if (e.type === 'pointercancel') return;
    else if (d.part === 'new' || d.part === 'both') send(d.at, d.at, false);
  };
  track.addEventListener('pointerup', end);
  track.addEventListener('pointercancel', end);
  track.addEventListener('pointerleave', () => say(hover, ''));

  let bars = [], looks = [];
  /** Draws the axis anew; only a new width needs it. */
  function layout() {
    width = track.clientWidth;
    height = track.clientHeight;
    if (!width) return;
    const w = slot(), base = height - BOTTOM;
    set(plot, { viewBox: `0 0 ${width} ${height}`, width, height });
    const gap = w > 6 ? 1.5 : w > 3 ? 0.75 : 0.25;
    bars = months.map((m, i) => svg('rect', { x: (i * w + gap / 2).toFixed(2), width: Math.max(0.5, w - gap).toFixed(2), y: base, height: 0 }));
    looks = [];
    const marks = [];
    months.forEach((m, i) => {
      const january = m.endsWith('-01') || i === 0;
      if (january && (i === 0 ? Number(m.slice(5)) < 9 || n < 9 : true)) {
        marks.push(svg('line.tick', { x1: i * w, x2: i * w, y1: base, y2: base + 6 }));
        if (w * 12 > 34 || i % 60 === 0) marks.push(svg('text.year', { x: i * w + 4, y: height - 5 }, m.slice(0, 4)));
      } else if (w > 26) marks.push(svg('text.month', { x: (i + 0.5) * w, y: height - 5 }, monthLetter(m)));
    });
    plot.replaceChildren(svg('line.base', { x1: 0, x2: n * w, y1: base + 0.5, y2: base + 0.5 }), ...marks, svg('g.bars', {}, bars),
      svg('line.level', { x1: 0, x2: n * w }), svg('text.level-text', { x: n * w, 'text-anchor': 'end' }));
    draw();
  }
  function draw() {
    if (!width) return;
    const w = slot(), base = height - BOTTOM, most = niceTop(Math.max(1, ...counts));
    bars.forEach((bar, i) => {
      const tall = counts[i] ? Math.max(1, (counts[i] / most) * (base - TOP)) : 0;
      const look = `${tall.toFixed(1)} ${i >= from && i <= to}`;
      if (looks[i] === look) return;
      looks[i] = look;
      set(bar, { y: (base - tall).toFixed(1), height: tall.toFixed(1), class: i >= from && i <= to ? 'on' : null });
    });
    const y = TOP + 0.5;
    set(plot.querySelector('.level'), { y1: y, y2: y });
    const text = plot.querySelector('.level-text');
    set(text, { y: y - 4 });
    say(text, count(most));
    const x0 = from * w, x1 = (to + 1) * w;
    left.style.transform = `translateX(${x0}px)`;
    right.style.transform = `translateX(${x1}px)`;
    middle.style.transform = `translateX(${x0}px)`;
    middle.style.width = `${x1 - x0}px`;
    middle.style.height = `${base - TOP}px`;
    left.style.height = right.style.height = `${base - TOP + 4}px`;
  }
  new ResizeObserver(() => { if (track.clientWidth !== width) layout(); }).observe(track);

  function update(state, facets) {
    from = clamp(state.from ? monthNumber(state.from) - first : 0, 0, n - 1);
    to = clamp(state.to ? monthNumber(state.to.length === 4 ? `${state.to}-12` : state.to) - first : n - 1, from, n - 1);
    if (facets) counts = months.map((_, i) => facets.months[i] ?? 0);
    const a = months[from], b = months[to];
    say(label, capital(periodText(a, b)));
    set(left, { 'aria-valuenow': from, 'aria-valuetext': monthName(a) });
    set(right, { 'aria-valuenow': to, 'aria-valuetext': monthName(b) });
    set(middle, { 'aria-valuenow': from, 'aria-valuetext': periodText(a, b) });
    const all = from === 0 && to === n - 1;
    earlier.disabled = from === 0;
    later.disabled = to === n - 1;
    lastYear.disabled = from < 12;
    whole.disabled = all;
    recent.hidden = n <= 12;
    recent.disabled = n <= 12 || (from === n - 12 && to === n - 1);
    draw();
  }

  const el = h('div.timeline', {},
    h('div.timeline-head', {}, h('div.stepper', {}, earlier, label, later), hover, h('div.timeline-acts', {}, lastYear, recent, whole)), track);
  return { el, update };
}

/** The next of 1, 1.5, 2, 3, 4, 5, 6, 8 times a power of ten. */
function niceTop(x) {
  const p = 10 ** Math.floor(Math.log10(x));
  return ([1, 1.5, 2, 3, 4, 5, 6, 8, 10].find((k) => k * p >= x) ?? 10) * p;
}
