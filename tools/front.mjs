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

put('maplibre-gl-worker.mjs', readFile(path.join(modules, 'maplibre-gl/dist/maplibre-gl-worker.mjs')));
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

// map.js finds its worker and its words beside itself.
const beside = (name) => JSON.stringify(manifest[name]);
const define = {
  WORKER: beside('maplibre-gl-worker.mjs'),
  MESSAGES: JSON.stringify(Object.fromEntries(['en', 'cs', 'uk'].map((l) => [l, manifest[`messages-${l}.json`]]))),
};
const common = {
  define,
  absWorkingDir: root, bundle: true, minify: true, write: true, metafile: true, outdir: out, target: 'es2022',
  legalComments: 'none', entryNames: '[name].[hash]', chunkNames: '[name].[hash]', assetNames: '[name].[hash]',
  logLevel: 'warning', loader: { '.woff2': 'file', '.svg': 'file' }, charset: 'utf8',
};
const entry = (...names) => names.map((n) => path.join(from, n));
for (const options of [
  { entryPoints: entry('map.js', 'site.js'), format: 'esm', splitting: true },
  { entryPoints: entry('theme.js'), format: 'iife' },
  { entryPoints: entry('site.css', 'map.css'), target: ['chrome111', 'firefox113', 'safari16.4'] },
]) {
  const { metafile } = await esbuild.build({ ...common, ...options });
  for (const file of Object.keys(metafile.inputs)) // a word that is defined stands among them as "<define:WORD>"
    if (!file.startsWith('<')) read.add(path.resolve(root, file));
  for (const [file, made] of Object.entries(metafile.outputs)) {
    const base = path.basename(file);
    // Chunks have no name of their own and may be several; nobody but the bundle names them.
    const plain = made.entryPoint ? path.basename(made.entryPoint) : base.replace(/\.[A-Z0-9]{8}(\.\w+)$/, '$1');
    manifest[plain in manifest ? base : plain] = base;
  }
}

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
