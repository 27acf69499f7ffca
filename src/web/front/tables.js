// SPDX-License-Identifier: EUPL-1.2
// The same figures as the map, in rows: areas and categories under the present choice.
import { h } from './dom.js';
import { capital, compare, count, decimal, t } from './words.js';

/**
 * @param columns [{key, name, numeric}]; the first names the row
 * @param onPick (key) when a row's name is pressed
 */
function sorted(caption, columns, start, onPick) {
  let by = start, rows = [];
  const body = h('tbody', {});
  const heads = columns.map((c, i) => h(`th${c.numeric ? '.n' : ''}`, { scope: 'col' },
    h('button.sort', { type: 'button', onclick: () => { by = { i, down: by.i === i ? !by.down : Boolean(c.numeric) }; draw(); } }, c.name)));
  const table = h('table.numbers', {}, h('caption.visually-hidden', {}, caption), h('thead', {}, h('tr', {}, heads)), body);
  function draw() {
    heads.forEach((th, i) => { if (i === by.i) th.setAttribute('aria-sort', by.down ? 'descending' : 'ascending'); else th.removeAttribute('aria-sort'); });
    const value = (r) => r.cells[by.i];
    const order = [...rows].sort((a, b) => {
      if (!a.key !== !b.key) return a.key ? -1 : 1; // "in no area" comes last
      const x = value(a), y = value(b);
      if (x == null || y == null) return (x == null) - (y == null);
      return (typeof x === 'number' ? x - y : compare(x, y)) * (by.down ? -1 : 1) || compare(a.cells[0], b.cells[0]);
    });
    body.replaceChildren(...order.map((r) => h(`tr${r.on ? '.on' : ''}${r.cells[1] === 0 ? '.zero' : ''}`, { 'data-key': r.key },
      h('th', { scope: 'row' }, onPick && r.key ? h('button.link', { type: 'button', 'aria-pressed': String(Boolean(r.on)), onclick: () => onPick(r.key) }, r.cells[0]) : r.cells[0]),
      r.cells.slice(1).map((v, k) => h('td.n', {}, v == null ? '\u2013' : columns[k + 1].decimals ? decimal(v, columns[k + 1].decimals) : count(v))))));
  }
  return { table, show(next) { rows = next; draw(); } };
}

export function areaTable(onPick) {
  const s = sorted(t('map.app.table_areas'), [{ name: t('map.app.area') }, { name: t('map.app.incidents'), numeric: true }, { name: t('map.app.rate_short'), numeric: true, decimals: 1 }], { i: 1, down: true }, onPick);
  s.table.classList.add('areas');
  return {
    el: s.table,
    update(set, counts, chosen) {
      const rows = set.areas.map((a, i) => ({
        key: `${set.set}:${a.code}`, on: chosen === `${set.set}:${a.code}`,
        cells: [a.name, counts[i] ?? 0, a.population ? ((counts[i] ?? 0) / a.population) * 1e4 : null],
      }));
      const nowhere = counts[set.areas.length];
      if (nowhere) rows.push({ key: '', cells: [t('map.app.nowhere'), nowhere, null] });
      s.show(rows);
    },
  };
}

export function categoryTable(release, onPick) {
  const s = sorted(t('map.app.table_categories'), [{ name: t('map.app.category') }, { name: t('map.app.incidents'), numeric: true }], { i: 1, down: true }, onPick);
  return {
    el: s.table,
    update(counts, chosen) {
      s.show(release.categories.map((c, i) => ({ key: c.key, on: chosen?.has(c.key), cells: [capital(c.label), counts[i] ?? 0] })));
    },
  };
}
