// SPDX-License-Identifier: EUPL-1.2
// Taking it along: the link, the rows as files, the code for another page.
import { h, icon } from './dom.js';
import { t } from './words.js';

export function share(pageUrl) {
  const said = h('span.said', { role: 'status' });
  const csv = h('a.button', { id: 'download-csv', download: 'incidents.csv' }, 'CSV');
  const geojson = h('a.button', { id: 'download-geojson', download: 'incidents.geojson' }, 'GeoJSON');
  csv.setAttribute('aria-label', t('map.app.download_as', { format: 'CSV' }));
  geojson.setAttribute('aria-label', t('map.app.download_as', { format: 'GeoJSON' }));
  const copy = h('button.button', { type: 'button', id: 'copy-link', onclick: () => toClipboard(pageUrl(), said) }, t('map.app.copy_link'));

  const code = h('textarea.code', { readonly: true, rows: 5, spellcheck: 'false', 'aria-label': t('map.app.embed_code'), onfocus: () => code.select() });
  const sizes = [['100%', 480], ['100%', 640], ['640', 480]];
  const size = h('select', { id: 'embed-size', onchange: () => write() }, sizes.map(([w, tall], i) => h('option', { value: i }, w === '100%' ? t('map.app.embed_wide', { height: tall }) : `${w} \u00d7 ${tall}`)));
  const copied = h('span.said', { role: 'status' });
  const dialog = h('dialog.sheet-dialog', { id: 'embed-dialog', 'aria-labelledby': 'embed-title' },
    h('form', { method: 'dialog' }, h('h2', { id: 'embed-title', tabindex: '-1' }, t('map.app.embed')),
      h('button.round.close', { value: 'close', 'aria-label': t('map.app.close') }, icon('close'))),
    h('p', {}, t('map.app.embed_note')),
    h('p.pair', {}, h('label', { for: 'embed-size' }, t('map.app.embed_size')), size), code,
    h('p', {}, h('button.button.strong', { type: 'button', onclick: () => toClipboard(code.value, copied) }, t('map.app.copy_code')), ' ', copied));
  const escape = (s) => s.replace(/&/g, '&amp;').replace(/"/g, '&quot;');
  function write() {
    const [w, tall] = sizes[size.value || 0];
    const url = new URL(pageUrl());
    url.pathname = '/embed';
    code.value = `<iframe src="${escape(url.href)}" width="${w}" height="${tall}" title="${escape(document.title)}" loading="lazy" referrerpolicy="no-referrer" allow="geolocation 'none'"></iframe>`;
  }
  const embed = h('button.button', { type: 'button', id: 'embed-open', 'aria-haspopup': 'dialog', onclick: () => { write(); copied.textContent = ''; dialog.showModal(); } }, t('map.app.embed'));
  dialog.addEventListener('click', (e) => { if (e.target === dialog) dialog.close(); });

  const el = h('section.take', { 'aria-labelledby': 'take-title' }, h('h2', { id: 'take-title' }, t('map.app.take')),
    h('p.note', {}, t('map.app.take_note')), h('p.button-row', {}, csv, geojson, copy, embed), said);
  document.body.append(dialog);
  return {
    el,
    update(query) {
      csv.href = `/v1/incidents.csv${query ? `?${query}` : ''}`;
      geojson.href = `/v1/incidents.geojson${query ? `?${query}` : ''}`;
    },
  };
}

async function toClipboard(text, said) {
  try {
    await navigator.clipboard.writeText(text);
    said.textContent = t('map.app.copied');
  } catch {
    said.textContent = t('map.app.copy_failed');
  }
  setTimeout(() => { said.textContent = ''; }, 4000);
}
