// From a CSV of the Chicago portal to something that answers: our import (checks, zones, history, rejects), publication
// under the built-in policy (three tiers) and indexes, beside PostgreSQL's COPY, conversion and indexes, DuckDB's sorted
// table and the sqlite3 shell, on the same file in the same run.
import { rmSync } from 'node:fs';
import { csvOf, rowsText } from './inputs.mjs';
import { cache, held, hromada, median, reached, short, spread, sum, timed, times } from './lib.mjs';
import * as duckdb from './peers/duckdb.mjs';
import * as postgis from './peers/postgis.mjs';
import * as sqlite from './peers/sqlite.mjs';

const LEAST_PUBLIC = 5; // of so many rows one is

export async function importAndPublish(folder, files, profile = ['--as', 'chicago']) {
  rmSync(folder, { recursive: true, force: true });
  await timed(hromada, ['-D', folder, 'init', '--timezone', 'America/Chicago']);
  const took = { import: await timed(hromada, ['-D', folder, 'import', '--json', '--timing', ...profile, ...files]) };
  took.publish = await timed(hromada, ['-D', folder, 'publish', '--json', '--timing']);
  const { read } = JSON.parse(took.import.out), { incidents } = JSON.parse(took.publish.out);
  if (incidents < read / LEAST_PUBLIC) throw new Error(`${incidents} of ${read} rows are public, so publication was not measured`);
  return took;
}

/// Names and numbers of what a program said of itself, one level deep.
const listed = (of) => Object.entries(of).map(([name, n]) => typeof n === 'object' ? `${name} (${listed(n)})` : `${name} ${short(n)}`).join(', ');
const total = (run) => sum(Object.values(run));
const byStage = (runs) => Object.keys(runs[0]).map((stage) => `${stage} ${short(median(runs.map((run) => run[stage])))}`).join(', ');

export async function measure({ rows, repeat }, report) {
  const csv = csvOf(rows), ours = [], postgres = [], duck = [], shell = [];
  for (let run = 0; run < repeat; run++) {
    ours.push(await importAndPublish(`${cache}/import`, [csv]));
    postgres.push(await postgis.load(`${cache}/import.postgis`, csv));
    duck.push(await duckdb.load(`${cache}/import.duckdb`, csv, 2));
    shell.push(await sqlite.load(`${cache}/import.sqlite`, csv));
  }
  for (const name of ['import', 'import.postgis', 'import.duckdb', 'import.sqlite']) rmSync(`${cache}/${name}`, { recursive: true, force: true });
  const wall = ours.map((run) => ({ import: run.import.wall_s, publish: run.publish.wall_s })), mine = wall.map(total);
  const peak = (stage) => Math.max(...ours.map((run) => run[stage].peak_mb)), theirs = postgres.map(total);
  const line = (name, list, stages) => [name, spread(list), stages, times(list, mine)];
  report.heading(`Import of ${rowsText(rows)} of CSV, all columns, to a published release, wall seconds`);
  report.table(['engine', 'all', 'stages, medians', ': hromada'], [
    ['hromada', spread(mine), byStage(wall), '1'],
    line('PostgreSQL + PostGIS', theirs, byStage(postgres)),
    line('DuckDB, 7 columns, sorted', duck.map((d) => d.wall_s), `processor ${short(median(duck.map((d) => d.cpu_s)))}`),
    line('sqlite3 shell', shell.map(total), byStage(shell))]);
  report.text(`${repeat} runs, median (least..most). hromada: processor ${short(median(ours.map((run) => run.import.cpu_s)))} s in import and ` +
    `${short(median(ours.map((run) => run.publish.cpu_s)))} s in publish; peak memory ${short(peak('import'))} and ${short(peak('publish'))} MB. ` +
    `It said: \`${ours[0].import.out.trim().slice(0, 240)}...\``);
  const spent = [JSON.parse(ours[0].import.out).timing, JSON.parse(ours[0].publish.out).timing_ms];
  report.text(`Where the time of the first run went: import, in seconds, ${listed(spent[0])}; publish, in milliseconds, ${listed(spent[1])}.`);
  report.text(`Goals: 5 x faster than PostgreSQL (${reached(median(theirs) / median(mine), 5)}), peak below 1 GB ` +
    `(${held(Math.max(peak('import'), peak('publish')), 1000)}).`);
}
