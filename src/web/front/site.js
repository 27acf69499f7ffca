// SPDX-License-Identifier: EUPL-1.2
// Every page: the choice of light or dark, remembered in this browser.
import { h, icon } from './dom.js';

const words = {
  en: ['Dark colours', 'Light colours'], cs: ['Tmavé barvy', 'Světlé barvy'], uk: ['Темні кольори', 'Світлі кольори'],
};
const root = document.documentElement;
const system = matchMedia('(prefers-color-scheme: dark)');
const isDark = () => (root.dataset.theme ? root.dataset.theme === 'dark' : system.matches);

const button = h('button.theme-button', { type: 'button' });
function show() {
  const [dark, light] = words[root.lang] ?? words.en;
  button.replaceChildren(icon(isDark() ? 'sun' : 'moon'));
  button.setAttribute('aria-label', isDark() ? light : dark);
  button.title = isDark() ? light : dark;
}
button.addEventListener('click', () => {
  root.dataset.theme = isDark() ? 'light' : 'dark';
  try { localStorage.setItem('theme', root.dataset.theme); } catch { /* not remembered then */ }
  show();
  document.dispatchEvent(new CustomEvent('theme'));
});
system.addEventListener('change', () => { show(); document.dispatchEvent(new CustomEvent('theme')); });
document.querySelector('.masthead')?.append(button);
show();
