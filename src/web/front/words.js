// SPDX-License-Identifier: EUPL-1.2
// The words of the page in its language, and its numbers and dates.

let words = {};
let lang = 'en';
let plural, number, month, monthShort, day, weekday, weekdayShort;

export async function loadWords(url, language) {
  lang = language;
  const utc = { timeZone: 'UTC' };
  const dates = lang === 'en' ? 'en-GB' : lang;
  plural = new Intl.PluralRules(lang);
  number = new Intl.NumberFormat(lang);
  month = new Intl.DateTimeFormat(dates, { ...utc, month: 'long', year: 'numeric' });
  monthShort = new Intl.DateTimeFormat(dates, { ...utc, month: 'short' });
  day = new Intl.DateTimeFormat(dates, { ...utc, day: 'numeric', month: 'long', year: 'numeric' });
  weekday = new Intl.DateTimeFormat(dates, { ...utc, weekday: 'long' });
  weekdayShort = new Intl.DateTimeFormat(dates, { ...utc, weekday: 'short' });
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`words: ${answer.status}`);
  words = await answer.json();
}

/** The message `id` with {name} filled in from values; `n` also chooses the plural form. Numbers are grouped. */
export function t(id, values = {}) {
  let text = words[id];
  if (Array.isArray(text)) text = text[formOf(values.n ?? 0)] ?? text[text.length - 1];
  if (text == null) return id;
  return text.replace(/\{(\w+)\}/g, (all, name) => {
    const v = values[name];
    return v == null ? all : typeof v === 'number' ? number.format(v) : v;
  });
}

// The order of the forms is gettext's: English one, other; Czech and Ukrainian one, few, many.
function formOf(n) {
  const k = plural.select(n);
  return k === 'one' ? 0 : k === 'few' || lang === 'en' ? 1 : 2;
}

export const count = (n) => number.format(n);
export const decimal = (x, digits) => x.toLocaleString(lang, { maximumFractionDigits: digits, minimumFractionDigits: digits });
export const percent = (x) => `${decimal(Math.abs(x), 0)}\u00a0%`;
/** A length on the ground, as exact as a person needs it. */
export function length(metres) {
  const far = metres >= 950;
  const value = far ? Math.round(metres / 100) / 10 : metres >= 100 ? Math.round(metres / 10) * 10 : Math.round(metres);
  return value.toLocaleString(lang, { style: 'unit', unit: far ? 'kilometer' : 'meter', maximumFractionDigits: 1 });
}
/** With a real minus sign and an explicit plus. */
export const signedPercent = (x) => `${Math.round(x) > 0 ? '+' : Math.round(x) < 0 ? '\u2212' : ''}${percent(x)}`;

const at = (text) => {
  const [y, m = 1, d = 1] = text.split('-').map(Number);
  return Date.UTC(y, m - 1, d);
};

/** "2018-10" -> "October 2018". Intl adds the word for "year" in Ukrainian, which no newspaper prints here. */
export function monthName(text) {
  const p = month.formatToParts(at(text));
  return `${p.find((x) => x.type === 'month').value} ${p.find((x) => x.type === 'year').value}`;
}
export const monthLetter = (text) => monthShort.format(at(text)).replace('.', '');

/** "2018", "2018-10", "2018-10-31" or "2018-10-31T14": said as exactly as it is written and no more. */
export function whenText(text) {
  const [date, hour] = text.split('T');
  const parts = date.split('-').length;
  if (parts === 1) return date;
  if (parts === 2) return monthName(date);
  const said = day.formatToParts(at(date)).filter((p) => p.type === 'day' || p.type === 'month' || p.type === 'year')
    .map((p) => (p.type === 'day' && lang === 'cs' ? `${p.value}.` : p.value)).join(' ');
  if (!hour) return said;
  return t('map.app.when_hour', { date: said, hour: hour.includes(':') ? hour : `${hour}:00` });
}

/** "January 2021 - December 2025", "2021 - 2025" when whole years are meant, one month when both are the same. */
export function periodText(from, to) {
  if (from === to) return whenText(from);
  if (from.endsWith('-01') && to.endsWith('-12') && from.length === 7 && to.length === 7) {
    return from.slice(0, 4) === to.slice(0, 4) ? from.slice(0, 4) : `${from.slice(0, 4)}\u2013${to.slice(0, 4)}`;
  }
  return `${whenText(from)} \u2013 ${whenText(to)}`;
}

/** 0 is Monday. 2024-01-01 was one. */
export const dayName = (d) => weekday.format(Date.UTC(2024, 0, 1 + d));
export const dayShort = (d) => weekdayShort.format(Date.UTC(2024, 0, 1 + d));
export const capital = (s) => (s ? s[0].toLocaleUpperCase(lang) + s.slice(1) : s);
export const compare = (a, b) => a.localeCompare(b, lang);
