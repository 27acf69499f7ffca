// Measures the program beside its peers in one run and writes the report as Markdown. Called by script/bench, which has
// built and installed everything:
//   node bench/run.mjs [--rows N] [--repeat N] [--seconds N] [--each N] [--sample N] [--only NAME,NAME...] [--real]
//     [--data FOLDER] [--growth[=7|8]] [--write]
// each: questions a zoom; sample: how many of them PostGIS gets; data: where the real files are.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { machine, Report, root } from './lib.mjs';

const SUBJECTS = ['grid', 'http', 'load', 'hour', 'facets', 'scan', 'import', 'size', 'cold'];
const MORE = ['real', 'growth']; // when asked for by name
const FILE = `${root}doc/benchmarks.md`;
const INTRO = `# Benchmarks

What \`script/bench --write\` measured, the newest first. Each report is one run on one machine, with the peers beside us on
the same rows: compare numbers within a report, not between reports.
`;

function readArgs() {
  const { values: v } = parseArgs({ options: {
    rows: { type: 'string', default: '8000000' }, repeat: { type: 'string', default: '5' }, seconds: { type: 'string', default: '5' },
    each: { type: 'string', default: '200' }, sample: { type: 'string', default: '20' }, only: { type: 'string' },
    real: { type: 'boolean' }, data: { type: 'string', default: `${root}../shared/data/incidents` }, growth: { type: 'string' }, write: { type: 'boolean' },
  }, args: process.argv.slice(2).map((a) => a === '--growth' ? '--growth=7' : a) });
  const number = Object.fromEntries(['rows', 'repeat', 'seconds', 'each', 'sample'].map((k) => [k, Number(v[k])]));
  for (const [name, n] of Object.entries(number))
    if (!(Number.isInteger(n) && n > 0)) throw new Error(`--${name} takes a whole number above 0, not "${v[name]}"`);
  const power = Number(v.growth ?? 7), chosen = v.only?.split(',') ?? SUBJECTS;
  if (![5, 6, 7, 8].includes(power)) throw new Error(`--growth takes a power of ten from 5 to 8, not "${v.growth}"`);
  const unknown = chosen.find((name) => ![...SUBJECTS, ...MORE].includes(name));
  if (unknown) throw new Error(`there is no subject "${unknown}"; there are ${[...SUBJECTS, ...MORE].join(', ')}`);
  if (v.real && !chosen.includes('real')) chosen.push('real');
  if (v.growth && !chosen.includes('growth')) chosen.push('growth');
  return { ...number, power, chosen, data: v.data, write: v.write };
}

function keepReport(text) {
  const old = existsSync(FILE) ? readFileSync(FILE, 'utf8') : INTRO, first = old.indexOf('\n## ');
  const at = first < 0 ? old.length : first + 1;
  writeFileSync(FILE, `${old.slice(0, at).trimEnd()}\n\n${text.trimEnd()}\n\n${old.slice(at)}`.trimEnd() + '\n');
}

try {
  const args = readArgs(), report = new Report();
  const head = `## ${new Date().toISOString().slice(0, 10)}, ${machine()}\n`;
  for (const name of args.chosen) {
    process.stderr.write(`==> measuring: ${name}\n`);
    const subject = await import(`./${name}.mjs`);
    await subject.measure(args, report);
  }
  if (args.repeat < 5 || args.rows < 8e6)
    report.text(`A first look, not for the record: ${args.repeat} runs of each (5 are wanted), ${args.rows} rows (8,000,000 are).`);
  const text = `${head}\n${report}`;
  process.stdout.write(text);
  if (args.write) keepReport(text);
} catch (e) {
  process.stderr.write(`bench: ${process.env.DEBUG ? e.stack : e.message}\n`);
  process.exit(1);
}
