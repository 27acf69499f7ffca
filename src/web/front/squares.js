// SPDX-License-Identifier: EUPL-1.2
// The squares of the map below the zoom of places: a layer that draws tiles of bare counts (src/tile/tile.h, tile_counts)
// as textures. A new filter is a few kilobytes and a new texture; MapLibre's own vector tiles took a worker, triangles and
// forty milliseconds for the same.
import { MercatorCoordinate } from 'maplibre-gl';
import { breakOf } from './legend.js';

const TILE = 512; // screen pixels of a tile's side at its own zoom, as MapLibre has it
const KEPT = 96; // tiles of a picture; those not asked for longest go first
const PARENTS = 5; // how far up a coarser tile is taken for one that is still to come

/** The counts of a tile out of the bytes of tile_counts: {side, counts}. */
function readCounts(buffer) {
  const bytes = new Uint8Array(buffer), side = 2 ** bytes[0], counts = new Uint32Array(side * side);
  for (let i = 1, cell = 0; i < bytes.length;) {
    let v = 0, scale = 1;
    for (; bytes[i] > 127; i++, scale *= 128) v += (bytes[i] - 128) * scale;
    v += bytes[i++] * scale;
    const n = Math.floor(v / 2) + 1;
    if (v % 2) cell += n;
    else counts[cell++] = n;
  }
  return { side, counts };
}

const VERTEX = `
attribute vec2 at;
uniform vec4 place, part;
varying vec2 texel;
void main() { gl_Position = vec4(place.xy + at * place.zw, 0.0, 1.0); texel = part.xy + at * part.zw; }`;
const FRAGMENT = `
precision highp float;
uniform sampler2D squares;
uniform float opacity;
varying vec2 texel;
void main() { gl_FragColor = texture2D(squares, texel) * opacity; }`;

function programOf(gl) {
  const program = gl.createProgram();
  for (const [type, text] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
    const shader = gl.createShader(type);
    gl.shaderSource(shader, text);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.bindAttribLocation(program, 0, 'at');
  gl.linkProgram(program);
  const corners = gl.createBuffer();
  gl.bindBuffer(gl.ARRAY_BUFFER, corners);
  gl.bufferData(gl.ARRAY_BUFFER, new Float32Array([0, 0, 1, 0, 0, 1, 1, 1]), gl.STATIC_DRAW);
  const [place, part, opacity] = ['place', 'part', 'opacity'].map((name) => gl.getUniformLocation(program, name));
  return { program, corners, place, part, opacity };
}

/**
 * @param options {address(query): of a tile, with {z}/{x}/{y}; maxzoom: of the tiles; extent: [w, s, e, n], beyond which there
 *   are no incidents; opacity; hidden(): are other layers seen in its place?}
 * @param on {come(picture): a tile has come, failed(error)}
 */
export function squares(map, options, on) {
  const EDGE = 1e-5, [west, south, east, north] = options.extent.map((v, i) => v + (i < 2 ? -EDGE : EDGE)); // the extent is rounded
  const world = MercatorCoordinate.fromLngLat, extent = { nw: world([west, north]), se: world([east, south]) };
  let gl = null, drawer = null, shown = null, breaks = [], colors = [], painting = 0;

  // -- which tiles --------------------------------------------------------------------------------------------------
  const key = (z, x, y) => (z * 2 ** 21 + x) * 2 ** 21 + y; // below 2 ** 53 for z <= 20
  const zoom = () => Math.min(Math.floor(map.getZoom()), options.maxzoom);
  const view = () => ({ nw: world(map.getBounds().getNorthWest()), se: world(map.getBounds().getSouthEast()) });
  function cover() {
    const z = zoom(), n = 2 ** z, { nw, se } = view(), list = [];
    const from = (axis) => Math.max(0, Math.floor(Math.max(nw[axis], extent.nw[axis]) * n));
    const to = (axis) => Math.min(n - 1, Math.floor(Math.min(se[axis], extent.se[axis]) * n));
    const x0 = from('x'), x1 = to('x'), y0 = from('y'), y1 = to('y');
    for (let y = y0; y <= y1; y++) for (let x = x0; x <= x1; x++) list.push({ z, x, y, key: key(z, x, y) });
    return list;
  }

  // -- pictures -----------------------------------------------------------------------------------------------------
  /** Loads what the view needs and the picture has not; what it needed before and no longer does is let go. */
  function load(picture) {
    const needed = cover();
    for (const [k, tile] of picture.tiles) if (tile.loading && !needed.some((t) => t.key === k)) forget(picture, k);
    for (const t of needed) {
      const old = picture.tiles.get(t.key);
      if (old) {
        picture.tiles.delete(t.key); // asked for last: it goes to the end
        picture.tiles.set(t.key, old);
      } else fetchTile(picture, t);
    }
    for (const k of picture.tiles.keys()) if (picture.tiles.size > KEPT && !needed.some((t) => t.key === k)) forget(picture, k);
  }
  async function fetchTile(picture, { z, x, y, key: k }) {
    const tile = { z, x, y, loading: new AbortController() };
    picture.tiles.set(k, tile);
    const path = options.address(picture.query).replace('{z}', z).replace('{x}', x).replace('{y}', y);
    try {
      const answer = await fetch(path, { signal: tile.loading.signal });
      if (!answer.ok) throw Object.assign(new Error(`${path}: status ${answer.status}`), { status: answer.status });
      Object.assign(tile, readCounts(await answer.arrayBuffer()));
    } catch (error) {
      if (tile.loading.signal.aborted) return;
      tile.failed = true; // not waited for; asked for once more when the map has moved
      on.failed(error);
    }
    tile.loading = null;
    if (picture === shown) map.triggerRepaint();
    on.come(picture);
  }
  function forget(picture, k) {
    const tile = picture.tiles.get(k);
    tile.loading?.abort();
    if (tile.texture) gl?.deleteTexture(tile.texture);
    picture.tiles.delete(k);
  }
  function drop(picture) {
    for (const k of [...picture.tiles.keys()]) forget(picture, k);
  }
  const complete = (picture) => cover().every((t) => { const tile = picture.tiles.get(t.key); return tile && !tile.loading; });

  /** The counts of the squares in view that have one, and a square's side in metres. */
  function values(picture) {
    const found = [], { nw, se } = view();
    let side = null;
    for (const t of cover()) {
      const tile = picture.tiles.get(t.key);
      if (!tile?.counts) continue;
      const cells = tile.side * 2 ** t.z;
      const from = (axis) => Math.max(0, Math.floor(nw[axis] * cells) - t[axis] * tile.side);
      const to = (axis) => Math.min(tile.side - 1, Math.floor(se[axis] * cells) - t[axis] * tile.side);
      const c0 = from('x'), c1 = to('x'), r0 = from('y'), r1 = to('y');
      for (let r = r0; r <= r1; r++) {
        for (let c = c0; c <= c1; c++) {
          const n = tile.counts[r * tile.side + c];
          if (n) found.push(n);
        }
      }
      side = (40075016.69 / cells) * Math.cos((map.getCenter().lat * Math.PI) / 180);
    }
    return { values: found, side: found.length ? side : null };
  }
  /** The count of the square of the shown picture at a place; undefined where there is none. */
  function at(place) {
    const z = zoom(), n = 2 ** z, { x, y } = world(place), tile = shown?.tiles.get(key(z, Math.floor(x * n), Math.floor(y * n)));
    const part = (v) => Math.floor((v * n % 1) * tile.side);
    return tile?.counts?.[part(y) * tile.side + part(x)] || undefined;
  }

  // -- drawing ------------------------------------------------------------------------------------------------------
  function textureOf(tile) {
    if (tile.painted === painting) return;
    const pixels = new Uint32Array(tile.counts.length), known = new Map();
    tile.counts.forEach((n, i) => {
      if (!n) return;
      let color = known.get(n);
      if (color === undefined) known.set(n, color = colors[breakOf(breaks, n)]);
      pixels[i] = color;
    });
    tile.texture ??= gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, tile.texture);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, tile.side, tile.side, 0, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(pixels.buffer));
    for (const [name, value] of [[gl.TEXTURE_MIN_FILTER, gl.NEAREST], [gl.TEXTURE_MAG_FILTER, gl.NEAREST], [gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE], [gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE]]) gl.texParameteri(gl.TEXTURE_2D, name, value);
    tile.painted = painting;
  }
  /** Draws the part of a tile that lies over `to`, which is the tile itself, one in it, or one around it. */
  function drawTile(tile, to, screen) {
    const up = 2 ** (to.z - tile.z), inside = up > 1;
    const { z, x, y } = inside ? to : tile, n = 2 ** z;
    textureOf(tile);
    gl.bindTexture(gl.TEXTURE_2D, tile.texture);
    gl.uniform4f(drawer.place, (x / n - screen.x) * screen.w, (screen.y - y / n) * screen.h, screen.w / n, -screen.h / n);
    gl.uniform4f(drawer.part, inside ? x / up - tile.x : 0, inside ? y / up - tile.y : 0, inside ? 1 / up : 1, inside ? 1 / up : 1);
    gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
  }
  const ready = (z, x, y) => { const tile = shown.tiles.get(key(z, x, y)); return tile?.counts ? tile : null; };
  /** What there is to show at a tile: itself, else what is finer, else what is coarser. */
  function standIns(t) {
    const own = ready(t.z, t.x, t.y);
    if (own) return [own];
    const finer = [0, 1, 2, 3].map((k) => ready(t.z + 1, 2 * t.x + (k & 1), 2 * t.y + (k >> 1))).filter(Boolean);
    if (finer.length) return finer;
    for (let up = 1; up <= PARENTS && up <= t.z; up++) {
      const coarser = ready(t.z - up, t.x >> up, t.y >> up);
      if (coarser) return [coarser];
    }
    return [];
  }
  function render() {
    if (!shown || options.hidden()) return;
    // The map is never turned nor tilted: screen and world differ by a scale and a shift, taken here in full precision.
    const { clientWidth, clientHeight } = map.getCanvas(), pixels = TILE * 2 ** map.getZoom(), { x, y } = world(map.getCenter());
    const screen = { x, y, w: (2 * pixels) / clientWidth, h: (2 * pixels) / clientHeight };
    gl.useProgram(drawer.program);
    gl.bindBuffer(gl.ARRAY_BUFFER, drawer.corners);
    gl.enableVertexAttribArray(0);
    gl.vertexAttribPointer(0, 2, gl.FLOAT, false, 0, 0);
    gl.activeTexture(gl.TEXTURE0);
    gl.pixelStorei(gl.UNPACK_FLIP_Y_WEBGL, false);
    gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, false);
    gl.uniform1f(drawer.opacity, options.opacity);
    for (const t of cover()) for (const tile of standIns(t)) drawTile(tile, t, screen);
  }
  const layer = {
    id: 'squares', type: 'custom', render,
    onAdd(_, context) { // also when the browser has lost the old context, and every texture with it
      gl = context;
      drawer = programOf(gl);
      painting++;
      for (const tile of shown?.tiles.values() ?? []) tile.texture = null;
    },
  };

  return {
    layer, load, drop, complete, values, at,
    picture: (query) => ({ query, tiles: new Map() }),
    /** Shows the picture in these classes and colours ("#rrggbb", one more than breaks). */
    show(picture, limits, hex) {
      shown = picture;
      breaks = limits;
      colors = hex.map((c) => { const v = parseInt(c.slice(1), 16); return (0xff000000 | ((v & 255) << 16) | (v & 0xff00) | (v >> 16)) >>> 0; });
      painting++;
      map.triggerRepaint();
    },
    /** Asks once more for what did not come. */
    again(picture) {
      for (const [k, tile] of picture.tiles) if (tile.failed) forget(picture, k);
      load(picture);
    },
  };
}
