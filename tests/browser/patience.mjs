// SPDX-License-Identifier: EUPL-1.2
// What keeps a run of the browser tests from waiting for ever: waits with a deadline, browsers and servers that are killed, and
// what a test that is late was waiting for. The trap: Playwright bounds most waits on a page, but neither evaluate nor close.
import { spawn, execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';

const START_MS = 60000, CLOSE_MS = 10000, STOP_MS = 5000, COMMAND_MS = 120000, ANSWER_MS = 60000;

export class Late extends Error {}

/** What the promise gives; Late when that takes longer than ms. */
export function within(ms, promise, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Late(`${what} took longer than ${Math.round(ms / 1000)} s`)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

// -- what is waited for -----------------------------------------------------------------------------------------------
const waiting = new Map(); // a call that is not answered: when it began
const heard = new WeakSet();
const brief = (value) => String(typeof value === 'object' ? JSON.stringify(value) : value).replace(/\s+/g, ' ').slice(0, 100);

async function note(call, answer) {
  const entry = { call };
  waiting.set(entry, Date.now());
  try { return await answer; } finally { waiting.delete(entry); }
}

/** From here on the asynchronous calls of all objects of this one's class are noted until they are answered. */
function listen(object, name) {
  const proto = Object.getPrototypeOf(object);
  if (heard.has(proto)) return;
  heard.add(proto);
  for (const key of Object.getOwnPropertyNames(proto)) {
    const { value: own } = Object.getOwnPropertyDescriptor(proto, key);
    if (key.startsWith('_') || own?.constructor?.name !== 'AsyncFunction') continue;
    proto[key] = function noted(...args) {
      return note(`${name === 'locator' ? this : name}.${key}(${args.map(brief).join(', ')})`, own.apply(this, args));
    };
  }
}

/** The calls of this page and of all others are noted. */
export function listenTo(page) {
  const parts = { page, locator: page.locator('*'), mouse: page.mouse, keyboard: page.keyboard, context: page.context() };
  for (const [name, part] of Object.entries(parts)) listen(part, name);
}

/** Calls that are not answered, the oldest first: the first is what the test waits for, the others are parts of it. */
export function waitedFor() {
  return [...waiting].map(([{ call }, since]) => `${call}, for ${Math.round((Date.now() - since) / 1000)} s`);
}

/** fetch, noted and with a deadline. */
export const fetched = (address, options = {}) => note(`fetch(${brief(address)})`, fetch(address, { signal: AbortSignal.timeout(ANSWER_MS), ...options }));

// -- what is ended with the run -----------------------------------------------------------------------------------------
const killers = new Set(), folders = new Set();

/** Ends all that was started, at once. */
function killAll() {
  for (const kill of killers) kill();
  for (const dir of folders) fs.rmSync(dir, { recursive: true, force: true });
}
process.on('exit', killAll);
for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    console.log(`Bail out! ${signal}`);
    process.exit(128 + os.constants.signals[signal]);
  });
}

export function newFolder(prefix) {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), prefix));
  folders.add(dir);
  return dir;
}
export function removeFolder(dir) {
  folders.delete(dir);
  fs.rmSync(dir, { recursive: true, force: true });
}

/** Runs a command to its end. Nothing else runs meanwhile, no deadline either: so it has one of its own. */
export const command = (program, args) => execFileSync(program, args, { stdio: ['ignore', 'ignore', 'inherit'], timeout: COMMAND_MS, killSignal: 'SIGKILL' });

/** A program that serves until stop(): {ended, stop}. */
export function service(program, args) {
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const kill = () => child.kill('SIGKILL');
  const ended = () => child.exitCode ?? child.signalCode;
  killers.add(kill);
  const stop = async () => {
    const gone = ended() != null || new Promise((r) => { child.once('exit', r); });
    child.kill('SIGTERM');
    await within(STOP_MS, gone, 'stopping the server').catch(kill);
    killers.delete(kill);
  };
  return { ended, stop };
}

/** A browser in a process group of its own: {browser, close}. */
export async function launch(options) {
  const own = await chromium.launchServer({ ...options, timeout: START_MS, handleSIGHUP: false, handleSIGINT: false, handleSIGTERM: false });
  const kill = () => { try { process.kill(-own.process().pid, 'SIGKILL'); } catch { /* it has ended */ } };
  killers.add(kill);
  const browser = await chromium.connect(own.wsEndpoint(), { timeout: START_MS });
  const close = async () => {
    await within(CLOSE_MS, own.close(), 'closing the browser').catch(() => {});
    kill();
    killers.delete(kill);
  };
  return { browser, close };
}

/** Closes them; false: not in time, so their browser has to go. */
export const closed = (contexts) => within(CLOSE_MS, Promise.all(contexts.map((c) => c.close())), 'closing pages').then(() => true, () => false);
