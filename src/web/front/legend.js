// SPDX-License-Identifier: EUPL-1.2
// Classes for graded squares: quantiles of the counts in view, rounded to numbers that a person can read.
import { h } from './dom.js';
import { count, t } from './words.js';

export const CLASSES = 6;
// Shares of the squares below each break: many pale squares, few dark ones.
const SHARES = [0.36, 0.6, 0.78, 0.91, 0.975];

const nice = (x) => {
  if (x < 10) return Math.max(1, Math.round(x));
  const p = 10 ** Math.floor(Math.log10(x));
  return [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].reduce((best, k) => (Math.abs(k * p - x) < Math.abs(best - x) ? k * p : best), p);
};

/** Lower bounds of the second, third, ... class: whole numbers, rising. Fewer when the counts are few. */
export function breaksOf(values) {
  if (!values.length) return [];
  const sorted = Float64Array.from(values).sort();
  const breaks = [];
  for (const share of SHARES) {
    const b = nice(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]);
    const floor = (breaks.at(-1) ?? sorted[0]) + 1;
    // Small counts move on by one; among large ones a break beside another would only pretend to tell something.
    const next = b >= floor ? b : floor < 10 ? Math.ceil(floor) : null;
    if (next != null && next <= sorted.at(-1)) breaks.push(next);
  }
  return breaks;
}

/** Which class a count is in: 0 is below the first break. */
export function breakOf(breaks, n) {
  let k = 0;
  while (k < breaks.length && n >= breaks[k]) k++;
  return k;
}

/** Whether old classes still tell the truth about these values: then panning a little does not repaint the map. */
export function stillFits(breaks, values) {
  if (!breaks.length) return values.length === 0;
  if (!values.length) return true;
  const used = new Array(breaks.length + 1).fill(0);
  let most = 0;
  for (const v of values) {
    used[breakOf(breaks, v)]++;
    most = Math.max(most, v);
  }
  const share = Math.max(...used) / values.length;
  return share < 0.72 && used.at(-1) / values.length < 0.16 && most >= breaks.at(-1);
}

/** Colour numbers 1..6 for the classes: few classes are spread over the scale. */
export const shade = (k, classes) => (classes === 1 ? 3 : Math.round(1 + (k * (CLASSES - 1)) / (classes - 1)));

export function showLegend(list, note, breaks, values, noteText) {
  const classes = values.length ? breaks.length + 1 : 0;
  const least = values.length ? values.reduce((a, b) => Math.min(a, b)) : 0;
  const lows = Array.from({ length: classes }, (_, k) => (k === 0 ? Math.max(1, Math.min(least, (breaks[0] ?? Infinity) - 1)) : breaks[k - 1]));
  const ranges = lows.map((low, k) => {
    if (k === classes - 1) return `${count(low)}+`;
    return low === breaks[k] - 1 ? count(low) : `${count(low)}\u2013${count(breaks[k] - 1)}`;
  });
  // Where ranges would run into each other, each class is told by where it begins.
  const texts = ranges.some((r) => r.length > 8) ? lows.map((low, k) => `${count(low)}${k === classes - 1 ? '+' : ''}`) : ranges;
  list.replaceChildren(...texts.map((text, k) => h(`li.c${shade(k, classes)}`, {},
    h('span.swatch', { 'aria-hidden': 'true' }), h('span.range', {}, text))));
  note.textContent = classes ? noteText : t('map.app.legend_empty');
}

/** The legend of the surface: classes are multiples of the mean, of the five darker shades. */
export function showSurface(list, note, classes, noteText) {
  const texts = classes.map((c, k) => (k + 1 < classes.length ? `${count(c.from)}\u2013${count(classes[k + 1].from)}` : `${count(c.from)}+`));
  list.replaceChildren(...texts.map((text, k) => h(`li.c${CLASSES - classes.length + 1 + k}`, {},
    h('span.swatch', { 'aria-hidden': 'true' }), h('span.range', {}, text))));
  note.textContent = noteText;
}
