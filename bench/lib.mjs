// What every measurement needs: numbers with their noise, processes that end with us, and the report.
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, existsSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import os from 'node:os';

export const root = new URL('..', import.meta.url).pathname;
export const cache = `${root}.cache/bench`;
export const hromada = `${root}build-bench/hromada`;
const programs = `${root}build-bench/bench/bench_`;
mkdirSync(cache, { recursive: true });

// -- numbers ---------------------------------------------------------------------------------------------------------
const sorted = (list) => [...list].sort((a, b) => a - b);
export const quantile = (list, q) => sorted(list)[Math.min(list.length - 1, Math.floor(list.length * q))];
export const median = (list) => quantile(list, 0.5);
export const sum = (list) => list.reduce((a, b) => a + b, 0);
/// Three digits that mean something: 0.0712, 1.08, 128, 2984.
export const short = (v) => v === 0 ? '0' : v >= 100 ? v.toFixed(0) : v.toPrecision(3);
/// The median of some runs, with the least and the most of them.
export const spread = (list) => `${short(median(list))} (${short(Math.min(...list))}..${short(Math.max(...list))})`;
export const times = (theirs, ours) => `${short(median(theirs) / median(ours))} x`;
export const held = (value, goal) => value <= goal ? 'held' : 'missed';
export const reached = (value, goal) => value >= goal ? 'held' : 'missed';

// -- processes -------------------------------------------------------------------------------------------------------
/// A child that the system ends when we end, however that comes about.
const start = (command, args, options) => spawn('setpriv', ['--pdeathsig', 'TERM', command, ...args], options);

/// Starts a server; `ready(line)` gives what is waited for in its output, or nothing. stop() waits for its end.
export function serve(command, args, ready, options = {}) {
  const child = start(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  const ended = new Promise((resolve) => child.on('exit', resolve));
  let text = '';
  return new Promise((resolve, reject) => {
    const look = (data) => {
      text += data;
      const found = ready(text);
      if (found !== undefined) resolve({ found, pid: child.pid, stop: (signal = 'SIGTERM') => { child.kill(signal); return ended; } });
    };
    child.stdout.on('data', look);
    child.stderr.on('data', look);
    child.on('error', reject);
    ended.then((code) => reject(new Error(`${command} ended with ${code}: ${text.slice(-2000)}`)));
  });
}

/// Starts a server that says nothing, and waits until it takes connections on its port.
export async function serveSilent(command, args, port) {
  const child = start(command, args, { stdio: 'ignore' });
  const ended = new Promise((resolve) => child.on('exit', resolve));
  for (let tries = 0; ; tries++) {
    const open = await new Promise((resolve) => {
      const s = connect(port, '127.0.0.1', () => { s.destroy(); resolve(true); });
      s.on('error', () => resolve(false));
    });
    if (open) return { port, pid: child.pid, stop: (signal = 'SIGTERM') => { child.kill(signal); return ended; } };
    if (tries > 500 || child.exitCode !== null) throw new Error(`${command} does not serve on port ${port}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/// hromada on a data folder, on a port that is free.
export async function serveFolder(folder) {
  const server = await serve(hromada, ['-D', folder, 'serve', '--listen', '127.0.0.1:0'],
    (text) => text.match(/127\.0\.0\.1:(\d+)\//)?.[1]);
  return { ...server, port: Number(server.found) };
}

export const freePort = () => new Promise((resolve) => {
  const s = createServer().listen(0, '127.0.0.1', () => { const { port } = s.address(); s.close(() => resolve(port)); });
});

/// Output of a program of bench/, fed with `input`, as lines of words.
export function ask(program, args, input = '') {
  const out = execFileSync(programs + program, args.map(String), { input, encoding: 'utf8', maxBuffer: 1 << 30, stdio: 'pipe' });
  return out.split('\n').filter(Boolean).map((line) => line.split(' '));
}
export const program = (name) => programs + name;

const TICKS_S = 100; // of /proc/PID/stat, on every Linux
function childrenCpu() {
  const fields = readFileSync('/proc/self/stat', 'latin1').split(') ')[1].split(' ');
  return (Number(fields[13]) + Number(fields[14])) / TICKS_S;
}
/// Runs a command to its end: wall and processor seconds, the most memory it had (MB), and what it wrote. Code 3 is no failure: rows were
/// rejected.
export function timed(command, args, { input, ...options } = {}) {
  return new Promise((resolve, reject) => {
    const cpu = childrenCpu(), began = performance.now();
    const child = start(command, args, { stdio: ['pipe', 'pipe', 'pipe'], ...options });
    let out = '', err = '', peak_kb = 0;
    const watch = setInterval(() => {
      const status = existsSync(`/proc/${child.pid}/status`) ? readFileSync(`/proc/${child.pid}/status`, 'latin1') : '';
      peak_kb = Math.max(peak_kb, Number(status.match(/VmHWM:\s*(\d+)/)?.[1] ?? 0));
    }, 20);
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    child.stdout.on('data', (d) => { out += d; });
    child.stderr.on('data', (d) => { err += d; });
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(watch);
      const wall_s = (performance.now() - began) / 1e3;
      if (code && code !== 3) reject(new Error(`${command} ${args.join(' ')}: ${code}\n${(out + err).slice(-2000)}`));
      else resolve({ wall_s, cpu_s: childrenCpu() - cpu, peak_mb: peak_kb / 1024, out, err });
    });
  });
}

// -- report ----------------------------------------------------------------------------------------------------------
export function machine() {
  const memory = (os.totalmem() / 2 ** 30).toFixed(0);
  return `${os.cpus().length} x ${os.cpus()[0].model.trim()}, ${memory} GiB, Linux ${os.release()}, load ${os.loadavg()[0].toFixed(1)} at the start`;
}

export const count = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, ' ');

export class Report {
  #lines = [];
  heading(text) { this.#lines.push(`### ${text}`, ''); }
  text(text) { this.#lines.push(text, ''); }
  table(head, rows) {
    const line = (cells) => `| ${cells.join(' | ')} |`;
    this.#lines.push(line(head), line(head.map(() => '---')), ...rows.map(line), '');
  }
  toString() { return this.#lines.join('\n'); }
}
