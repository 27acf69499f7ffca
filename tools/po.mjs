// SPDX-License-Identifier: EUPL-1.2
// Reads gettext .po text: message ids and their forms, in the order of the file.

/** @returns {{id: string, forms: string[]}[]} Throws with file and line on anything that is not a .po line. */
export function readPo(text, name) {
  const entries = [];
  let now = null, last = null;
  text.split('\n').forEach((raw, i) => {
    const line = raw.trim();
    if (!line || line.startsWith('#')) return;
    const m = /^(?:(msgid|msgid_plural|msgctxt|msgstr(?:\[(\d+)\])?)\s+)?"(.*)"$/.exec(line);
    if (!m || (!m[1] && !last)) throw new Error(`${name}:${i + 1}: not a line of a .po file`);
    const value = JSON.parse(`"${m[3]}"`);
    if (m[1] === 'msgid') {
      now = { id: value, forms: [] };
      entries.push(now);
      last = (v) => { now.id += v; };
    } else if (m[1]?.startsWith('msgstr')) {
      const k = Number(m[2] ?? 0);
      now.forms[k] = value;
      last = (v) => { now.forms[k] += v; };
    } else if (m[1]) {
      last = () => {};
    } else {
      last(value);
    }
  });
  return entries.filter((e) => e.id);
}
