// SPDX-License-Identifier: EUPL-1.2
// The map itself. Counts come as pictures that take turns: the new one is loaded unseen and then shown, so that changing
// a filter never blanks the map. A picture has squares (squares.js) and, from the zoom of places on, a source of places.
import { Map as GlMap, addProtocol, setWorkerUrl } from 'maplibre-gl';
import { reducedMotion } from './dom.js';
import { areaLayers, classColors, countLayers, groundLayers, palette, placeLabels, stepColor } from './style.js';
import { breaksOf, shade, stillFits } from './legend.js';
import { squares } from './squares.js';

const OPACITY = 0.86;
const absolute = (path) => location.origin + path; // MapLibre wants tile addresses with a host

/**
 * @param options {worker, view, padding, label, basemap}: the address of the worker, where to begin (null: the town), the
 *   module that reads the release's basemap file when it has one
 * @param on {areaClick(feature), placeClick(feature), hover(text | null, point), moved(view, byHand), classes(breaks, values, side_m)}
 * Throws when the browser has no WebGL.
 */
export function mapView(container, release, options, on) {
  setWorkerUrl(new URL(options.worker, location.href).href);
  let colors = palette();
  const own = !release.basemap;
  let file = null;
  const sources = { base: { type: 'vector', tiles: [absolute(release.tiles.base)], maxzoom: 16 } };
  if (!own) {
    const { PMTiles, Protocol } = options.basemap, protocol = new Protocol();
    addProtocol('pmtiles', protocol.tile);
    const url = absolute(release.basemap.url);
    protocol.add(file = new PMTiles(url));
    sources.basemap = { type: 'vector', url: `pmtiles://${url}` };
  }
  const ground = groundLayers(colors, own ? 'own' : 'openmaptiles');
  const [w, s, e, n] = release.home;
  const map = new GlMap({
    container, attributionControl: false, dragRotate: false, pitchWithRotate: false, touchPitch: false, maxPitch: 0,
    fadeDuration: reducedMotion() ? 0 : 120, maxZoom: 18.5, minZoom: 3, renderWorldCopies: false, hash: false,
    style: {
      version: 8, sources,
      layers: [{ id: 'land', type: 'background', paint: { 'background-color': colors.land } }, ...ground.below, ...ground.above, ...ground.labels],
    },
    ...(options.view ? { center: [options.view.lon, options.view.lat], zoom: options.view.z }
      : { bounds: [[w, s], [e, n]], fitBoundsOptions: { padding: options.padding } }),
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation?.();
  const canvas = map.getCanvas();
  canvas.setAttribute('aria-label', options.label);
  canvas.setAttribute('role', 'application');

  const ready = new Promise((resolve) => map.once('style.load', resolve)); // counts and ground come side by side
  const firstAbove = 'street-minor', firstLabel = ground.labels[0].id;

  // -- counts: the shown picture and the one that loads -----------------------------------------------------------
  let shown = null, loading = null, next = null, serial = 0, breaks = [], classZoom = null;
  const color = () => stepColor(colors, breaks, shade);
  const withQuery = (path, query) => absolute(path) + (query ? `?${query}` : '');
  const near = () => map.getZoom() >= release.tiles.places_from_zoom;
  const cells = squares(map, { address: (query) => withQuery(release.tiles.counts, query), maxzoom: release.tiles.places_from_zoom - 1, extent: release.extent, opacity: OPACITY, hidden: () => surface || shown.placed },
    { come: settle, failed: (error) => on.error?.(error) });
  ready.then(() => map.addLayer(cells.layer, firstAbove));
  map.on('webglcontextrestored', () => map.once('styledata', () => { if (!map.getLayer('squares')) map.addLayer(cells.layer, firstAbove); }));

  /** The source and layers of the picture's places, unseen. */
  function addPlaces(s) {
    const id = s.id = `counts-${++serial}`, from = release.tiles.places_from_zoom;
    s.painted = breaks;
    map.addSource(id, { type: 'vector', tiles: [withQuery(release.tiles.incidents, s.query)], minzoom: from, maxzoom: from });
    for (const layer of countLayers(id, colors, color(), 0)) {
      for (const key of Object.keys(layer.paint)) if (key.endsWith('opacity')) layer.paint[`${key}-transition`] = { duration: 0 };
      // Squares lie under the streets, points above them.
      map.addLayer(layer, layer.type !== 'circle' ? firstAbove : map.getLayer('area-line') ? 'area-line' : firstLabel);
    }
    map.addLayer({ ...placeLabels(id, colors), layout: { ...placeLabels(id, colors).layout, visibility: 'none' } });
  }
  const layersOf = (s) => (s?.id ? ['cells', 'squares', 'edges', 'points', 'numbers'].map((k) => `${k}-${s.id}`) : []);
  function showPlaces(s) {
    map.setPaintProperty(`cells-${s.id}`, 'fill-opacity', OPACITY);
    map.setPaintProperty(`squares-${s.id}`, 'fill-opacity', 0.72);
    map.setPaintProperty(`edges-${s.id}`, 'line-opacity', 0.9);
    map.setPaintProperty(`points-${s.id}`, 'circle-opacity', 0.9);
    map.setPaintProperty(`points-${s.id}`, 'circle-stroke-opacity', 0.9);
    map.setLayoutProperty(`numbers-${s.id}`, 'visibility', 'visible');
    s.placed = true;
  }
  function remove(s) {
    if (!s) return;
    for (const l of layersOf(s)) if (map.getLayer(l)) map.removeLayer(l);
    if (s.id && map.getSource(s.id)) map.removeSource(s.id);
    cells.drop(s.cells);
  }
  /** Asks for what the view needs of a picture and it has not yet; of the shown one also the squares where places are seen: for the way back. */
  function load(s) {
    if (!s || surface) return;
    if (near() && !s.id) addPlaces(s);
    if (!near() || s === shown) cells.load(s.cells);
  }
  const loaded = (s) => (near() ? Boolean(s.id && map.getSource(s.id) && map.isSourceLoaded(s.id)) : cells.complete(s.cells));
  const showCells = () => cells.show(shown.cells, breaks, classColors(colors, breaks, shade));
  function setQuery(query) {
    asked = query;
    if (surface) { paintSurface(); return; }
    if ((loading ?? shown)?.query === query) { next = null; return; }
    if (loading) { next = query; return; }
    loading = { query, id: null, cells: cells.picture(query), placed: false, classed: false };
    on.busy(true);
    load(loading);
    settle();
  }
  /** The new counts have come: they take their colours while still unseen, then they are shown. */
  function settle() {
    if (!loading) {
      if (shown?.id && !shown.placed && near() && loaded(shown)) { // somebody has come near
        showPlaces(shown);
        reclass();
      }
      return;
    }
    if (!loaded(loading)) return;
    if (!loading.classed) {
      loading.classed = true;
      const { values } = countsInView(loading);
      if (values.length && (Math.floor(map.getZoom()) !== classZoom || !stillFits(breaks, values))) {
        breaks = breaksOf(values);
        classZoom = Math.floor(map.getZoom());
      }
      if (loading.id && loading.painted !== breaks) return paintPlaces(loading); // its tiles are worked over once more: we are called again
    }
    const old = shown;
    shown = loading;
    loading = null;
    if (near()) showPlaces(shown);
    showCells();
    if (surface) hideSquares(true);
    remove(old);
    tellClasses();
    if (next != null) {
      const q = next;
      next = null;
      setQuery(q);
    }
    if (!loading && !surface) on.busy(false);
  }
  map.on('sourcedata', (ev) => { if (ev.sourceId === (loading ?? shown)?.id) settle(); });
  map.on('move', () => {
    load(shown);
    load(loading);
    if (shown && !near()) shown.placed = false; // its tiles are let go
  });
  map.on('moveend', () => { if (shown && !surface) cells.again(shown.cells); });
  map.on('idle', () => { settle(); load(shown); reclass(); if (surface) on.busy(false); });

  // -- the surface: density in place of squares --------------------------------------------------------------------
  let surface = false, asked = null, drawn = null;
  const dark = () => (document.documentElement.dataset.theme ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')) === 'dark';
  function paintSurface() {
    const query = [asked, dark() && 'theme=dark'].filter(Boolean).join('&');
    const url = surface && asked != null ? absolute(release.tiles.density) + (query ? `?${query}` : '') : null;
    if (url === drawn) return;
    drawn = url;
    if (!url) {
      map.removeLayer('surface');
      map.removeSource('surface');
      return;
    }
    on.busy(true);
    if (map.getSource('surface')) { map.getSource('surface').setTiles([url]); return; }
    map.addSource('surface', { type: 'raster', tiles: [url], tileSize: 256, maxzoom: 18 });
    map.addLayer({ id: 'surface', type: 'raster', source: 'surface', paint: { 'raster-opacity': OPACITY, 'raster-fade-duration': 0 } }, firstAbove);
  }
  function hideSquares(yes) {
    for (const s of [shown, loading]) for (const l of layersOf(s)) if (map.getLayer(l)) map.setLayoutProperty(l, 'visibility', yes || (l.startsWith('numbers') && s === loading) ? 'none' : 'visible');
  }
  function setSurface(yes) {
    if (yes === surface) return;
    surface = yes;
    hideSquares(yes);
    paintSurface();
    if (yes) return;
    load(shown);
    load(loading);
    if (asked != null) setQuery(asked); // the squares of what is asked by now
    on.busy(loading != null);
    tellClasses();
  }

  // -- classes of the legend --------------------------------------------------------------------------------------
  function countsInView(s) {
    if (!s) return { values: [], side: null };
    if (!near()) return cells.values(s.cells);
    if (!s.id) return { values: [], side: null };
    const box = map.getBounds();
    const seen = new Map();
    let side = null;
    for (const f of map.querySourceFeatures(s.id, { sourceLayer: 'places' })) {
      const g = f.geometry;
      const ring = g.type === 'Polygon' ? g.coordinates[0] : [g.coordinates];
      const lons = ring.map((p) => p[0]), lats = ring.map((p) => p[1]);
      const west = Math.min(...lons), east = Math.max(...lons), south = Math.min(...lats), north = Math.max(...lats);
      if (east < box.getWest() || west > box.getEast() || north < box.getSouth() || south > box.getNorth()) continue;
      // A place that lies in several tiles comes once from each of them.
      seen.set(f.properties.id ?? `${west.toFixed(6)},${south.toFixed(6)}`, f.properties.n);
      if (ring.length > 1) side = Math.max(side ?? 0, (east - west) * 111319.49 * Math.cos((south * Math.PI) / 180));
    }
    return { values: [...seen.values()], side };
  }
  /** After the map was moved: new classes only when the old ones no longer tell the squares apart. */
  function reclass() {
    if (surface || loading || !shown || !(near() || cells.complete(shown.cells))) return;
    const { values } = countsInView(shown);
    const zoom = Math.floor(map.getZoom());
    if (values.length && (zoom !== classZoom || !stillFits(breaks, values))) {
      breaks = breaksOf(values);
      classZoom = zoom;
      if (shown.id) paintPlaces(shown);
      showCells();
    }
    tellClasses();
  }
  function tellClasses() {
    if (surface) return;
    const { values, side } = countsInView(shown);
    on.classes(breaks, values, side);
  }
  function paintPlaces(s) {
    s.painted = breaks;
    map.setPaintProperty(`cells-${s.id}`, 'fill-color', color());
    map.setPaintProperty(`squares-${s.id}`, 'fill-color', color());
    map.setPaintProperty(`points-${s.id}`, 'circle-color', color());
  }

  // -- areas ------------------------------------------------------------------------------------------------------
  let areaSet = null, chosen = null, hovered = null;
  const state = (id, s) => id != null && map.getSource('areas') && map.setFeatureState({ source: 'areas', sourceLayer: 'areas', id }, s);
  function setAreas(set) {
    if (set === areaSet) return;
    for (const l of ['area-name', 'area-chosen', 'area-hover', 'area-line', 'area-hit']) if (map.getLayer(l)) map.removeLayer(l);
    if (map.getSource('areas')) map.removeSource('areas');
    areaSet = set;
    hovered = chosen = null;
    if (!set) return;
    map.addSource('areas', { type: 'vector', tiles: [absolute(release.tiles.areas.replace('{set}', set))], maxzoom: 15 });
    const a = areaLayers(colors);
    map.addLayer(a.hit, firstAbove);
    for (const l of a.lines) map.addLayer(l, firstLabel);
    map.addLayer(a.names);
  }
  function choose(number) {
    if (number === chosen) return;
    state(chosen, { chosen: false });
    chosen = number;
    state(chosen, { chosen: true });
  }
  function hover(number) {
    if (number === hovered) return;
    state(hovered, { hover: false });
    hovered = number;
    state(hovered, { hover: true });
  }

  const placeLayers = () => (shown?.id ? [`squares-${shown.id}`, `points-${shown.id}`] : []);
  const find = (point, layers) => map.queryRenderedFeatures(point, { layers: layers.filter((l) => map.getLayer(l)) })[0];
  map.on('mousemove', (ev) => {
    const place = find(ev.point, placeLayers());
    const n = place?.properties.n ?? (near() ? shown?.id && find(ev.point, [`cells-${shown.id}`])?.properties.n : surface ? undefined : cells.at(ev.lngLat));
    const area = find(ev.point, ['area-hit']);
    hover(place ? null : area?.id ?? null);
    canvas.style.cursor = place || area ? 'pointer' : '';
    on.hover({ place: place?.properties, n, area: area?.properties }, ev.point);
  });
  map.on('mouseout', () => { hover(null); on.hover(null); });
  map.on('click', (ev) => {
    const place = find(ev.point, placeLayers());
    if (place) return on.placeClick(place.properties);
    const area = find(ev.point, ['area-hit']);
    if (area) on.areaClick(area.properties);
  });
  // The address bar names the view only after somebody wanted one: "hand", or "whole" for none in particular.
  let wish = null;
  map.on('moveend', (ev) => {
    const c = map.getCenter();
    const why = ev.originalEvent ? 'hand' : wish;
    wish = null;
    if (why === 'hand') on.moved({ z: map.getZoom(), lon: c.lng, lat: c.lat });
    else if (why === 'whole') on.moved(null);
  });
  const wished = (why, move) => { wish = why; move(); };
  // A tile that does not come is said once by whoever asked for the facets; MapLibre's own report would be noise.
  map.on('error', (ev) => on.error?.(ev.error));

  const fly = () => (reducedMotion() ? { animate: false } : { duration: 700 });
  return {
    map, ready, setQuery, setSurface, setAreas, choose, hover,
    /** Whose the basemap is, as its file says it; without markup. */
    attribution: async () => new DOMParser().parseFromString((await file?.getMetadata())?.attribution ?? '', 'text/html').body.textContent.trim(),
    idle: () => new Promise((resolve) => map.once('idle', resolve)),
    zoomBy: (k) => wished('hand', () => map.zoomTo(Math.round((map.getZoom() + k) * 2) / 2, fly())),
    whole: () => wished('whole', () => map.fitBounds([[w, s], [e, n]], { padding: options.padding, ...fly() })),
    /** Brings a box into view; `why` null leaves the address bar as it is. */
    show: (bbox, maxZoom = 15, padding = 60, why = 'hand') => wished(why, () => map.fitBounds([[bbox[0], bbox[1]], [bbox[2], bbox[3]]], { padding, maxZoom, ...fly() })),
    go: (view, why = 'hand') => wished(why, () => map.flyTo({ center: [view.lon, view.lat], zoom: view.z, ...fly() })),
    jump: (view) => wished(null, () => map.jumpTo({ center: [view.lon, view.lat], zoom: view.z })),
    /** Takes the colours of a new theme without loading anything anew. */
    repaint() {
      colors = palette();
      paintSurface();
      map.setPaintProperty('land', 'background-color', colors.land);
      const g = groundLayers(colors, own ? 'own' : 'openmaptiles');
      const a = areaLayers(colors);
      const layers = [...g.below, ...g.above, ...g.labels, ...a.lines, a.names];
      if (shown) showCells();
      for (const s of [shown, loading]) if (s?.id) layers.push(placeLabels(s.id, colors), ...countLayers(s.id, colors, color(), 0).map((l) => ({ ...l, paint: Object.fromEntries(Object.entries(l.paint).filter(([k]) => k.includes('color'))) })));
      for (const l of layers) {
        if (!map.getLayer(l.id)) continue;
        for (const [k, v] of Object.entries(l.paint)) if (k.includes('color')) map.setPaintProperty(l.id, k, v);
      }
    },
    /** A picture of what is seen, for paper. */
    picture() {
      map.redraw();
      return canvas.toDataURL('image/png');
    },
    resize: () => map.resize(),
  };
}
