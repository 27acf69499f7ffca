// SPDX-License-Identifier: EUPL-1.2
// Elements by hand: no markup strings anywhere, so nothing from outside can become markup.

/** h('button.quiet', { type: 'button', onclick: f }, 'text', child, ...): null and false children are skipped. */
export function h(spec, attributes, ...children) {
  const [tag, ...classes] = spec.split('.');
  const el = document.createElement(tag || 'div');
  if (classes.length) el.className = classes.join(' ');
  set(el, attributes);
  el.append(...children.flat(Infinity).filter((c) => c != null && c !== false));
  return el;
}

export function svg(spec, attributes, ...children) {
  const [tag, ...classes] = spec.split('.');
  const el = document.createElementNS('http://www.w3.org/2000/svg', tag);
  if (classes.length) el.setAttribute('class', classes.join(' '));
  set(el, attributes);
  el.append(...children.flat(Infinity).filter((c) => c != null && c !== false));
  return el;
}

/** Listeners by name on..., true as an empty attribute, null and false as none; `vars` are custom properties. */
export function set(el, attributes) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (name.startsWith('on')) el.addEventListener(name.slice(2), value);
    else if (name === 'vars') for (const [k, v] of Object.entries(value)) el.style.setProperty(k, v);
    else if (value == null || value === false) el.removeAttribute(name);
    else el.setAttribute(name, value === true ? '' : value);
  }
  return el;
}

/** Writes text only when it differs: a live region and the layout stay quiet otherwise. */
export function say(el, text) {
  if (el && el.textContent !== text) el.textContent = text;
}

export const byId = (id) => document.getElementById(id);

const icons = {
  plus: 'M8 3v10M3 8h10', minus: 'M3 8h10', close: 'M4 4l8 8M12 4l-8 8', left: 'M10 3L5 8l5 5', right: 'M6 3l5 5-5 5',
  down: 'M3 6l5 5 5-5', search: 'M7 2.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 1 0 0-9M10.5 10.5L14 14',
  near: 'M8 1v3M8 12v3M1 8h3M12 8h3M8 4.5a3.5 3.5 0 1 0 0 7a3.5 3.5 0 1 0 0-7', whole: 'M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4',
  sun: 'M8 5a3 3 0 1 0 0 6a3 3 0 1 0 0-6M8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1 1M12 12l1 1M13 3l-1 1M4 12l-1 1',
  moon: 'M13 9.5A5.5 5.5 0 0 1 6.5 3a5.5 5.5 0 1 0 6.5 6.5z',
};

export function icon(name) {
  return svg('svg.icon', { viewBox: '0 0 16 16', 'aria-hidden': 'true', focusable: 'false' }, svg('path', { d: icons[name] }));
}

export const reducedMotion = () => matchMedia('(prefers-reduced-motion: reduce)').matches;
