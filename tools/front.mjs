// SPDX-License-Identifier: EUPL-1.2
// Bundles src/web/front into build/front (or the folder named on the command line): file names carry a hash of the
// content, manifest.json maps plain names to them. A second argument is a file for make's kind of list of what was read.
// Needs `npm ci --ignore-scripts` and nothing else; asks no network.
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';
import { readPo } from './po.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const from = path.join(root, 'src/web/front');
const modules = path.join(root, 'node_modules');
const out = path.resolve(process.argv[2] ?? path.join(root, 'build/front'));
const manifest = {};
const read = new Set();
const readFile = (file, encoding) => { read.add(file); return fs.readFileSync(file, encoding); };

fs.rmSync(out, { recursive: true, force: true });
fs.mkdirSync(out, { recursive: true });

/** Writes one file under its hashed name and notes it in the manifest. */
function put(name, content) {
  const hash = crypto.createHash('sha256').update(content).digest('hex').slice(0, 10);
  const ext = path.extname(name);
  manifest[name] = `${name.slice(0, -ext.length)}.${hash}${ext}`;
  fs.writeFileSync(path.join(out, manifest[name]), content);
}

for (const f of fs.readdirSync(from)) if (f.endsWith('.svg')) put(f, readFile(path.join(from, f)));

for (const lang of ['en', 'cs', 'uk']) {
  const words = {};
  for (const f of fs.readdirSync(path.join(root, 'po')).sort()) {
    if (!f.endsWith(`${lang}.po`)) continue;
    for (const { id, forms } of readPo(readFile(path.join(root, 'po', f), 'utf8'), f)) {
      if (/^(map|common)\./.test(id)) words[id] = forms.length > 1 ? forms : forms[0];
    }
  }
  put(`messages-${lang}.json`, JSON.stringify(words));
}

// MapLibre is bundled from its sources: so its worker shares its code with the page, and a third of it is sent once instead
// of twice. What we never ask of it stays out: tiles in MapLibre's own format, and of its package.json all but the version.
const maplibre = path.join(modules, 'maplibre-gl');
const lean = {
  name: 'lean',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^maplibre-gl$/ }, () => ({ path: path.join(maplibre, 'src/index.ts') }));
    onResolve({ filter: /^@maplibre\/mlt$/ }, ({ path: name }) => ({ path: name, namespace: 'lean' }));
    onLoad({ filter: /.*/, namespace: 'lean' }, () => ({
      contents: 'export const decodeTile = () => { throw new Error("tiles of type mlt are not read here"); }, FeatureTable = null, GEOMETRY_TYPE = {};',
    }));
    onLoad({ filter: /maplibre-gl\/package\.json$/ }, ({ path: file }) => ({
      contents: JSON.stringify({ version: JSON.parse(readFile(file)).version }), loader: 'json',
    }));
  },
};

const common = {
  absWorkingDir: root, bundle: true, minify: true, write: true, metafile: true, outdir: out, target: 'es2022', format: 'esm',
  legalComments: 'none', entryNames: '[name].[hash]', chunkNames: '[name].[hash]', assetNames: '[name].[hash]',
  logLevel: 'warning', loader: { '.woff2': 'file', '.svg': 'file' }, charset: 'utf8',
};
async function bundle(names, options = {}) {
  const { metafile } = await esbuild.build({ ...common, entryPoints: names.map((n) => path.isAbsolute(n) ? n : path.join(from, n)), ...options });
  for (const name of Object.keys(metafile.inputs)) { // "<define:WORD>" and "lean:NAME" are no files, and would never be up to date
    const file = path.resolve(root, name);
    if (fs.existsSync(file)) read.add(file);
  }
  for (const file of Object.keys(metafile.outputs)) {
    const base = path.basename(file), plain = base.replace(/\.[A-Z0-9]{8}(\.\w+)$/, '$1');
    if ((manifest[plain] ?? base) !== base) throw new Error(`two files are called ${plain}: ${manifest[plain]} and ${base}`);
    manifest[plain] = base;
  }
}
const beside = (name) => JSON.stringify(manifest[name]);

await bundle(['mapview.js', path.join(maplibre, 'src/source/worker.ts')],
  { splitting: true, plugins: [lean], tsconfigRaw: { compilerOptions: { useDefineForClassFields: false } } }); // as MapLibre's own
await bundle(['basemap.js', 'site.js']);
// map.js finds what it loads beside itself. What it and mapview.js both use is in both: a few kilobytes, and no file more to wait for.
await bundle(['map.js'], {
  define: { MAPVIEW: beside('mapview.js'), SHARED: beside('chunk.js'), BASEMAP: beside('basemap.js') },
});
await bundle(['theme.js'], { format: 'iife' });
await bundle(['site.css', 'map.css'], { target: ['chrome111', 'firefox113', 'safari16.4'] });

// Everything that ends up in the bundles, with the notice it asks for.
const notices = ['maplibre-gl', 'pmtiles', '@fontsource-variable/source-sans-3', '@fontsource/source-serif-4',
  ...bundledPackages()].filter((n, i, all) => all.indexOf(n) === i);
put('LEGAL.txt', notices.map((name) => {
  const dir = path.join(modules, name);
  const info = JSON.parse(fs.readFileSync(path.join(dir, 'package.json')));
  const file = fs.readdirSync(dir).find((f) => /^licen[cs]e/i.test(f));
  const text = file ? fs.readFileSync(path.join(dir, file), 'utf8').trim() : `Licence: ${info.license}`;
  return `${name} ${info.version}\n${'='.repeat(name.length + info.version.length + 1)}\n\n${text}\n`;
}).join('\n\n'));

if (process.argv[3]) {
  const made = path.relative(process.cwd(), path.join(out, 'manifest.json'));
  fs.writeFileSync(process.argv[3], `${made}: ${[...read].sort().map((f) => f.replace(/ /g, '\\ ')).join(' \\\n  ')}\n`);
}
fs.writeFileSync(path.join(out, 'manifest.json'), JSON.stringify(Object.fromEntries(Object.entries(manifest).sort()), null, 2) + '\n');

/** MapLibre's own bundle already contains its dependencies: those that its package.json names are in it. */
function bundledPackages() {
  const seen = new Set();
  const walk = (name) => {
    const file = path.join(modules, name, 'package.json');
    if (seen.has(name) || name.startsWith('@types/') || !fs.existsSync(file)) return;
    seen.add(name);
    Object.keys(JSON.parse(fs.readFileSync(file)).dependencies ?? {}).forEach(walk);
  };
  ['maplibre-gl', 'pmtiles'].forEach(walk);
  return [...seen].sort();
}
