// SPDX-License-Identifier: EUPL-1.2
// A list of things to choose, in groups with a box of three states. Nothing ticked means everything: the list narrows.
// Counts are those under all other filters, so that it shows what a tick would bring.
import { h, icon, say } from './dom.js';
import { capital, count, t } from './words.js';

/**
 * @param groups [{key, label, items: [{key, label, index}]}]; index is the item's place in the counts
 * @param onChange called with a Set of keys, or null for everything
 */
export function choices(name, groups, onChange) {
  let chosen = null, counts = null, groupCounts = null; // counts: null until they are known
  const all = groups.flatMap((g) => g.items);
  const rows = [];

  const pick = (keys) => onChange(keys.size && keys.size < all.length ? keys : null);
  function toggle(keys) {
    const next = new Set(chosen ?? []);
    const on = keys.every((k) => next.has(k));
    keys.forEach((k) => (on ? next.delete(k) : next.add(k)));
    pick(next);
  }

  function row(keys, label, kind, group) {
    const box = h('input', { type: 'checkbox', name, onchange: () => toggle(keys) });
    const number = h('span.count');
    const bar = h('span.bar', { 'aria-hidden': 'true' });
    const only = h('button.only', { type: 'button', onclick: () => pick(new Set(keys)) }, t('map.app.only'));
    only.setAttribute('aria-label', t('map.app.only_name', { name: label }));
    const el = h(`div.choice${kind}`, {}, h('label', {}, box, h('span.name', {}, capital(label)), number), only, bar);
    rows.push({ keys, group, el, box, number, bar, only, indices: keys.map((k) => all.find((i) => i.key === k).index) });
    return el;
  }

  const parts = groups.map((g) => {
    if (g.items.length === 1) return row([g.items[0].key], g.items[0].label, '.alone');
    const list = h('div.choice-items', { id: `${name}-${g.key}`, hidden: true, role: 'group', 'aria-label': g.label },
      g.items.map((i) => row([i.key], i.label, '.item')));
    const more = h('button.more', {
      type: 'button', 'aria-expanded': 'false', 'aria-controls': list.id,
      onclick: () => open(list.hidden),
    }, icon('right'));
    more.setAttribute('aria-label', t('map.app.show_group', { name: g.label }));
    const open = (yes) => {
      list.hidden = !yes;
      more.setAttribute('aria-expanded', String(yes));
    };
    const head = row(g.items.map((i) => i.key), g.label, '.group', g.key);
    head.prepend(more);
    return h('div.choice-group', { 'data-key': g.key }, head, list);
  });
  // The parents were made after their items: put each box in the order in which it is seen.
  const el = h('div.choices', {}, parts);

  /** @param {Object} [ofGroups] counts by group key, where an incident of several items counts once */
  function update(nextChosen, nextCounts, ofGroups) {
    chosen = nextChosen;
    if (nextCounts) counts = nextCounts;
    el.classList.toggle('some', chosen != null); // with nothing ticked a tick already means "only this"
    if (ofGroups) groupCounts = ofGroups;
    const sum = (r) => (r.group ? groupCounts?.[r.group] : undefined) ?? r.indices.reduce((s, i) => s + (counts?.[i] ?? 0), 0);
    const most = { group: 1, item: 1 };
    for (const r of rows) {
      const kind = r.el.classList.contains('item') ? 'item' : 'group';
      most[kind] = Math.max(most[kind], sum(r));
    }
    for (const r of rows) {
      const n = sum(r);
      const on = chosen ? r.keys.filter((k) => chosen.has(k)).length : 0;
      r.box.checked = on === r.keys.length;
      r.box.indeterminate = on > 0 && on < r.keys.length;
      r.el.classList.toggle('off', chosen != null && on === 0);
      r.el.classList.toggle('none', counts != null && n === 0);
      r.only.disabled = chosen != null && chosen.size === r.keys.length && on === r.keys.length;
      say(r.number, counts ? count(n) : '');
      r.bar.style.setProperty('--share', (n / most[r.el.classList.contains('item') ? 'item' : 'group']).toFixed(4));
    }
  }
  return { el, update };
}
