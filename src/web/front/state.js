// SPDX-License-Identifier: EUPL-1.2
// What is chosen, and its one spelling in the address bar: the filter of the API (same words, same order as the
// server's canonical form, so that every cache can keep the answer) and the view of the page.

export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const FILTER = ['from', 'to', 'cat', 'hours', 'days', 'outcome', 'area', 'bbox', 'poly'];

/** Members of a list that may hold ranges which wrap: "22-5" -> 22, 23, 0, ... 5. */
function spread(text, names, size) {
  const on = new Set();
  for (const word of (text ?? '').split(',').filter(Boolean)) {
    const [a, b] = word.split('-').map((w) => (names ? names.indexOf(w) : Number(w)));
    const last = b ?? a;
    if (!(a >= 0 && a < size && last >= 0 && last < size)) continue;
    for (let i = a; ; i = (i + 1) % size) {
      on.add(i);
      if (i === last) break;
    }
  }
  return on.size && on.size < size ? on : null;
}

/** Ranges of hours, one that begins before midnight last: {22, 23, 0, 1, 9} -> "9,22-1". */
function gatherHours(on) {
  const runs = [];
  for (let i = 0; i < 24; i++) {
    if (!on.has(i) || on.has((i + 23) % 24)) continue;
    let j = i;
    while (on.has((j + 1) % 24) && (j + 1) % 24 !== i) j = (j + 1) % 24;
    runs.push(i === j ? String(i) : `${i}-${j}`);
  }
  return runs.join(',');
}
/** "Nothing is said" has no key of its own in a source; filters call it "none". */
export const outcomeKey = (o) => o.key || 'none';

/** @param release what /v1/release answered: it says which categories belong to which section. */
export function readState(search, release) {
  const q = new URLSearchParams(search);
  const words = (name) => (q.get(name) ?? '').split(',').filter(Boolean);
  const cats = new Set();
  for (const word of words('cat')) {
    const section = /^iccs-(\d+)$/.exec(word)?.[1];
    for (const c of release.categories) if (section ? c.iccs === Number(section) : c.key === word) cats.add(c.key);
  }
  const outcomes = new Set(words('outcome').filter((k) => release.outcomes.some((o) => outcomeKey(o) === k)));
  const z = Number.parseFloat(q.get('z'));
  const lon = Number.parseFloat(q.get('lon'));
  const lat = Number.parseFloat(q.get('lat'));
  return {
    from: q.get('from') || null, to: q.get('to') || null,
    cats: cats.size && cats.size < release.categories.length ? cats : null,
    hours: spread(q.get('hours'), null, 24), days: spread(q.get('days'), DAYS, 7),
    outcomes: outcomes.size && outcomes.size < release.outcomes.length ? outcomes : null,
    area: q.get('area') || null, bbox: q.get('bbox') || null, poly: q.get('poly') || null,
    view: Number.isFinite(z + lon + lat) ? { z, lon, lat } : null,
    surface: q.get('view') === 'surface', lang: q.get('lang') || null,
  };
}

/** The filter as pairs in canonical order; `short` writes a section that is chosen whole as one word, for people. */
function pairs(state, release, short) {
  let cat = null;
  if (state.cats) {
    const rest = release.categories.map((c) => c.key).filter((k) => state.cats.has(k)), words = [];
    for (const { section } of short ? release.iccs : []) {
      const mine = release.categories.filter((c) => c.iccs === section).map((c) => c.key);
      if (mine.length < 2 || !mine.every((k) => rest.includes(k))) continue;
      words.push(`iccs-${section}`);
      mine.forEach((k) => rest.splice(rest.indexOf(k), 1));
    }
    cat = [...words, ...rest].join(',');
  }
  const value = {
    from: state.from, to: state.to, cat, hours: state.hours && gatherHours(state.hours),
    days: state.days && DAYS.filter((_, i) => state.days.has(i)).join(','),
    outcome: state.outcomes && release.outcomes.map(outcomeKey).filter((k) => state.outcomes.has(k)).join(','),
    area: state.area, bbox: state.bbox, poly: state.poly,
  };
  return FILTER.filter((k) => value[k]).map((k) => [k, value[k]]);
}

// Commas and colons are data to us, not to the URL syntax: they stay readable.
const encode = (list) => list.map(([k, v]) => `${k}=${encodeURIComponent(v).replace(/%2C/g, ',').replace(/%3A/g, ':')}`).join('&');

/** Canonical filter; `without` names parts to leave out. */
export function filterQuery(state, release, ...without) {
  return encode(pairs(state, release, false).filter(([k]) => !without.includes(k)));
}

export function pageQuery(state, release) {
  const list = pairs(state, release, true);
  if (state.view) list.push(['z', state.view.z.toFixed(2)], ['lon', state.view.lon.toFixed(5)], ['lat', state.view.lat.toFixed(5)]);
  if (state.surface) list.push(['view', 'surface']);
  if (state.lang) list.push(['lang', state.lang]);
  return encode(list);
}


export const monthNumber = (text) => {
  const [y, m = 1] = text.split('-').map(Number);
  return y * 12 + m - 1;
};
export const monthOf = (n) => `${Math.floor(n / 12)}-${String((n % 12) + 1).padStart(2, '0')}`;
