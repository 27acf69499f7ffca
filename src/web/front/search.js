// SPDX-License-Identifier: EUPL-1.2
// The search field as a combobox (ARIA Authoring Practices 1.2, list autocomplete with manual selection).
import { byId, h, icon, set } from './dom.js';
import { ask } from './api.js';
import { t } from './words.js';

/** @param onPick called with a result of /v1/search */
export function search(onPick) {
  const form = byId('search') ?? h('form.search', { id: 'search', role: 'search' }, h('label', { for: 'q' }), h('div.search-row', {}, h('input', { id: 'q', type: 'search', autocomplete: 'off' })), h('ul', { id: 'search-results' }));
  const input = form.querySelector('#q');
  const list = form.querySelector('#search-results');
  form.querySelector('button[type=submit]')?.remove();
  form.querySelector('#near-me')?.remove();
  form.querySelector('label').classList.add('visually-hidden');
  input.before(icon('search'));
  input.placeholder = t('map.app.search');
  input.removeAttribute('maxlength');
  set(input, { role: 'combobox', 'aria-autocomplete': 'list', 'aria-expanded': 'false', 'aria-controls': list.id, 'aria-label': t('map.app.search'), spellcheck: 'false' });
  set(list, { role: 'listbox', 'aria-label': t('map.app.search_results'), hidden: true });
  const none = h('p.search-none', { role: 'status' });
  none.hidden = true;
  list.after(none);

  let results = [], active = -1, controller = null, timer = 0;
  const open = (yes) => {
    list.hidden = !yes || !results.length;
    input.setAttribute('aria-expanded', String(!list.hidden));
    if (!yes) none.hidden = true;
  };
  function activate(i) {
    active = i;
    [...list.children].forEach((li, k) => li.setAttribute('aria-selected', String(k === i)));
    set(input, { 'aria-activedescendant': i < 0 ? null : `search-${i}` });
    list.children[i]?.scrollIntoView({ block: 'nearest' });
  }
  function pick(i) {
    const r = results[i];
    if (!r) return;
    input.value = r.name;
    open(false);
    onPick(r);
  }
  async function look(text) {
    controller?.abort();
    const mine = controller = new AbortController();
    try {
      const answer = await ask(`/v1/search?q=${encodeURIComponent(text)}&limit=8`, mine.signal);
      if (mine.signal.aborted) return;
      results = answer.results;
      list.replaceChildren(...results.map((r, i) => h('li', {
        role: 'option', id: `search-${i}`, 'aria-selected': 'false',
        onpointerdown: (e) => e.preventDefault(), onclick: () => pick(i),
      }, h('span.name', {}, r.name), h('span.kind', {}, t(`map.app.kind_${r.kind}`)))));
      none.hidden = results.length > 0;
      none.textContent = results.length ? '' : t('map.app.search_none', { text });
      active = -1;
      set(input, { 'aria-activedescendant': null });
      open(document.activeElement === input);
      if (!results.length) none.hidden = false;
    } catch { /* aborted, or the server is away: the list stays as it was */ }
  }
  input.addEventListener('input', () => {
    clearTimeout(timer);
    const text = input.value.trim();
    if (!text) { controller?.abort(); results = []; open(false); return; }
    timer = setTimeout(() => look(text), 90);
  });
  input.addEventListener('keydown', (e) => {
    if (e.key === 'ArrowDown' || e.key === 'ArrowUp') {
      if (!results.length) return;
      e.preventDefault();
      open(true);
      activate((active + (e.key === 'ArrowDown' ? 1 : active < 0 ? 0 : -1) + results.length) % results.length);
    } else if (e.key === 'Enter') {
      e.preventDefault();
      if (!list.hidden) pick(Math.max(0, active));
    } else if (e.key === 'Escape') {
      if (!list.hidden || !none.hidden) { e.preventDefault(); open(false); } else input.value = '';
    }
  });
  input.addEventListener('blur', () => open(false));
  input.addEventListener('focus', () => { if (results.length && input.value) open(true); });
  form.addEventListener('submit', (e) => e.preventDefault());
  return { el: form };
}
