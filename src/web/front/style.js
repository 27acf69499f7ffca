// SPDX-License-Identifier: EUPL-1.2
// The quiet map under the figures, out of our own layers or an OpenMapTiles file; every colour is one of the page's.

const FONT = ['Hromada Sans'];
const STRONG = ['Hromada Sans Semibold'];
const width = (...stops) => ['interpolate', ['exponential', 1.5], ['zoom'], ...stops];

/** Colours of the current theme, read from the style sheet. */
export function palette() {
  const css = getComputedStyle(document.documentElement);
  const of = (name) => css.getPropertyValue(name).trim();
  return {
    land: of('--map-land'), water: of('--map-water'), green: of('--map-green'), building: of('--map-building'),
    street: of('--map-street'), minor: of('--map-minor'), border: of('--map-border'), label: of('--map-label'), halo: of('--map-halo'),
    waterLabel: of('--map-water-label'), accent: of('--accent'), ink: of('--ink'), paper: of('--paper'),
    scale: [1, 2, 3, 4, 5, 6].map((k) => of(`--c${k}`)),
  };
}

// In the page's language when the file has it; OpenMapTiles files made by tilemaker have name:latin alone.
const name = ['coalesce', ['get', `name:${document.documentElement.lang || 'en'}`], ['get', 'name'], ['get', 'name:latin'], ''];
const kind = (...values) => ['match', ['get', 'class'], values, true, false];
const MAIN = ['motorway', 'trunk', 'primary'];
const SECOND = ['secondary', 'tertiary'];

// Which source layer and which property our own tiles and OpenMapTiles use for the same thing.
function ground(kindOfTiles) {
  const own = kindOfTiles === 'own';
  return {
    source: own ? 'base' : 'basemap',
    street: own ? 'street' : 'transportation', streetName: own ? 'street' : 'transportation_name',
    water: 'water', waterName: own ? 'water' : 'water_name', green: own ? 'green' : 'landcover', building: 'building',
    greenFilter: own ? null : kind('grass', 'wood', 'park'), place: 'place',
    rail: own ? null : kind('rail'),
  };
}

export function groundLayers(c, kindOfTiles) {
  const g = ground(kindOfTiles);
  const base = { source: g.source };
  const line = (id, filter, minzoom, w, color) => ({
    id, ...base, type: 'line', 'source-layer': g.street, minzoom, filter,
    layout: { 'line-cap': 'round', 'line-join': 'round' }, paint: { 'line-color': color, 'line-width': w, 'line-opacity': ['interpolate', ['linear'], ['zoom'], 10, 0.35, 13, 0.75, 15, 0.9] },
  });
  const below = [
    { id: 'green', ...base, type: 'fill', 'source-layer': g.green, ...(g.greenFilter ? { filter: g.greenFilter } : {}), paint: { 'fill-color': c.green } },
    { id: 'water', ...base, type: 'fill', 'source-layer': g.water, filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'fill-color': c.water } },
    { id: 'river', ...base, type: 'line', 'source-layer': kindOfTiles === 'own' ? g.water : 'waterway', filter: ['==', ['geometry-type'], 'LineString'], paint: { 'line-color': c.water, 'line-width': width(9, 1, 14, 5, 18, 16) } },
    { id: 'building', ...base, type: 'fill', 'source-layer': g.building, minzoom: 14, paint: { 'fill-color': c.building } },
  ];
  const above = [
    line('street-minor', ['all', ['!', kind(...MAIN, ...SECOND)], ['!', kind('rail', 'ferry', 'path')]], 12.5, width(12.5, 0.4, 15, 2, 18, 11), c.minor),
    line('street-secondary', kind(...SECOND), 10.5, width(10.5, 0.5, 13, 1.3, 16, 5, 18, 15), c.street),
    line('street-primary', kind(...MAIN), 9.5, width(9.5, 0.5, 12, 1.3, 14, 3.2, 18, 20), c.street),
  ];
  const labels = [
    {
      id: 'street-name', ...base, type: 'symbol', 'source-layer': g.streetName, minzoom: 13.2,
      layout: { 'symbol-placement': 'line', 'text-field': name, 'text-font': FONT, 'text-size': ['interpolate', ['linear'], ['zoom'], 13, 10.5, 17, 13], 'symbol-spacing': 420, 'text-max-angle': 30, 'text-padding': 6 },
      paint: { 'text-color': c.label, 'text-halo-color': c.halo, 'text-halo-width': 1.4 },
    },
    {
      id: 'water-name', ...base, type: 'symbol', 'source-layer': g.waterName, minzoom: 9,
      layout: { 'symbol-placement': kindOfTiles === 'own' ? 'point' : 'point', 'text-field': name, 'text-font': FONT, 'text-size': 11.5, 'text-letter-spacing': 0.06, 'text-max-width': 8 },
      filter: kindOfTiles === 'own' ? ['==', ['geometry-type'], 'Polygon'] : ['==', ['geometry-type'], 'Point'],
      paint: { 'text-color': c.waterLabel, 'text-halo-color': c.water, 'text-halo-width': 1 },
    },
    {
      id: 'place-name', ...base, type: 'symbol', 'source-layer': g.place, maxzoom: 15,
      layout: { 'text-field': name, 'text-font': FONT, 'text-size': ['match', ['get', 'class'], ['city', 'town'], 15, 12] },
      paint: { 'text-color': c.label, 'text-halo-color': c.halo, 'text-halo-width': 1.4 },
    },
  ];
  return { below, above, labels };
}

/** The colours of the classes between the breaks. */
export const classColors = (c, breaks, shadeOf) => [0, ...breaks].map((_, k) => c.scale[shadeOf(k, breaks.length + 1) - 1]);

/** Colour of a count: steps at the breaks. */
export function stepColor(c, breaks, shadeOf) {
  const [first, ...rest] = classColors(c, breaks, shadeOf);
  return rest.length ? ['step', ['get', 'n'], first, ...breaks.flatMap((b, k) => [b, rest[k]])] : first;
}

export function countLayers(id, c, color, opacity) {
  const paint = (extra) => ({ ...extra });
  return [
    { id: `cells-${id}`, source: id, type: 'fill', 'source-layer': 'cells', paint: paint({ 'fill-color': color, 'fill-opacity': opacity, 'fill-antialias': false }) },
    { id: `squares-${id}`, source: id, type: 'fill', 'source-layer': 'places', filter: ['==', ['geometry-type'], 'Polygon'], paint: paint({ 'fill-color': color, 'fill-opacity': opacity }) },
    { id: `edges-${id}`, source: id, type: 'line', 'source-layer': 'places', filter: ['==', ['geometry-type'], 'Polygon'], paint: paint({ 'line-color': c.paper, 'line-width': 1, 'line-opacity': opacity }) },
    {
      id: `points-${id}`, source: id, type: 'circle', 'source-layer': 'places', filter: ['==', ['geometry-type'], 'Point'],
      paint: {
        'circle-color': color, 'circle-opacity': opacity, 'circle-stroke-color': c.paper, 'circle-stroke-width': 1, 'circle-stroke-opacity': opacity,
        'circle-radius': ['interpolate', ['linear'], ['zoom'],
          14, ['interpolate', ['linear'], ['sqrt', ['get', 'n']], 1, 4, 12, 13],
          18, ['interpolate', ['linear'], ['sqrt', ['get', 'n']], 1, 8, 12, 26]],
      },
    },
  ];
}

export function areaLayers(c) {
  const line = (id, filter, color, w) => ({ id, source: 'areas', type: 'line', 'source-layer': 'areas', filter, layout: { 'line-join': 'round' }, paint: { 'line-color': color, 'line-width': w } });
  const at = (state) => ['case', ['boolean', ['feature-state', state], false], 1, 0];
  const borders = line('area-line', ['has', 'code'], c.border, ['interpolate', ['linear'], ['zoom'], 9, 0.5, 14, 1.2]);
  borders.paint['line-opacity'] = 0.5;
  const hover = line('area-hover', ['has', 'code'], c.ink, 2);
  hover.paint['line-opacity'] = at('hover');
  const chosen = line('area-chosen', ['has', 'code'], c.accent, 2.6);
  chosen.paint['line-opacity'] = at('chosen');
  return {
    hit: { id: 'area-hit', source: 'areas', type: 'fill', 'source-layer': 'areas', paint: { 'fill-color': c.land, 'fill-opacity': 0 } },
    lines: [borders, hover, chosen],
    names: {
      id: 'area-name', source: 'areas', type: 'symbol', 'source-layer': 'area_names', minzoom: 10.6,
      layout: { 'text-field': name, 'text-font': STRONG, 'text-size': ['interpolate', ['linear'], ['zoom'], 10, 10, 12, 11, 14, 14], 'text-letter-spacing': 0.02, 'text-max-width': 8, 'text-padding': ['interpolate', ['linear'], ['zoom'], 11, 22, 13, 6] },
      paint: { 'text-color': c.label, 'text-halo-color': c.halo, 'text-halo-width': 1.6 },
    },
  };
}

export function placeLabels(id, c) {
  return {
    id: `numbers-${id}`, source: id, type: 'symbol', 'source-layer': 'places', minzoom: 15,
    layout: { 'text-field': ['number-format', ['get', 'n'], { locale: document.documentElement.lang || 'en' }], 'text-font': STRONG, 'text-size': ['interpolate', ['linear'], ['zoom'], 15, 12, 18, 17], 'text-allow-overlap': false },
    paint: { 'text-color': c.ink, 'text-halo-color': c.paper, 'text-halo-width': 1.6 },
  };
}
