// A plot with logarithmic axes as SVG, for a page that may be 360 pixels wide: the lines bear their names in a legend of
// their own colour and dash, so that neither colour nor dash alone tells them apart.
const WIDTH = 360, HEIGHT = 400, LEFT = 52, RIGHT = 12, TOP = 30, BOTTOM = 44, LEGEND = 18;
const STROKES = [['#0b5394', ''], ['#b45f06', '7 3'], ['#38761d', '2 3'], ['#741b47', '9 3 2 3'], ['#444444', '4 4'], ['#a61c00', '1 2']];
const escape = (s) => s.replace(/[&<>]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[c]);
const decades = (values) => [Math.floor(Math.log10(Math.min(...values)) + 1e-9), Math.ceil(Math.log10(Math.max(...values)) - 1e-9)];
const seconds = (power) => power >= 0 ? `${10 ** power} s` : power >= -3 ? `${10 ** (power + 3)} ms` : `${10 ** (power + 6)} µs`;
const powerOf = (power) => `10<tspan dy="-4" font-size="9">${power}</tspan>`;

/// series: [{ name, points: [[x, seconds], ...] }]
export function plot({ title, xLabel, yLabel, series }) {
  const all = series.flatMap((s) => s.points), [x0, x1] = decades(all.map((p) => p[0])), [y0, y1] = decades(all.map((p) => p[1]));
  const bottom = HEIGHT - BOTTOM, height = HEIGHT + 8 + LEGEND * series.length;
  const x = (v) => LEFT + (WIDTH - LEFT - RIGHT) * (Math.log10(v) - x0) / Math.max(1, x1 - x0);
  const y = (v) => bottom - (bottom - TOP) * (Math.log10(v) - y0) / Math.max(1, y1 - y0);
  const out = [`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="12" role="img">`,
    `<title>${escape(title)}</title>`, `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`, `<text x="8" y="18" font-weight="bold">${escape(title)}</text>`];
  for (let p = x0; p <= x1; p++)
    out.push(`<path d="M${x(10 ** p).toFixed(1)} ${TOP}V${bottom}" stroke="#ddd"/>`,
      `<text x="${x(10 ** p).toFixed(1)}" y="${bottom + 16}" text-anchor="middle">${powerOf(p)}</text>`);
  for (let p = y0; p <= y1; p++)
    out.push(`<path d="M${LEFT} ${y(10 ** p).toFixed(1)}H${WIDTH - RIGHT}" stroke="#ddd"/>`,
      `<text x="${LEFT - 6}" y="${(y(10 ** p) + 4).toFixed(1)}" text-anchor="end" font-size="11">${seconds(p)}</text>`);
  out.push(`<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${bottom + 34}" text-anchor="middle">${escape(xLabel)}</text>`,
    `<text x="${WIDTH - RIGHT}" y="${TOP - 4}" text-anchor="end" font-size="11">${escape(yLabel)}</text>`);
  series.forEach(({ name, points }, i) => {
    const [colour, dash] = STROKES[i % STROKES.length], line = `stroke="${colour}" stroke-width="2" fill="none" stroke-dasharray="${dash}"`;
    const at = points.map((p) => [x(p[0]).toFixed(1), y(p[1]).toFixed(1)]), row = HEIGHT + LEGEND * i + 4;
    out.push(`<path d="M${at.map((p) => p.join(' ')).join('L')}" ${line}/>`,
      ...at.map(([cx, cy]) => `<circle cx="${cx}" cy="${cy}" r="2.5" fill="${colour}"/>`),
      `<path d="M12 ${row}H44" ${line}/>`, `<text x="52" y="${row + 4}">${escape(name)}</text>`);
  });
  return `${out.join('\n')}\n</svg>\n`;
}
