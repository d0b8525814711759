import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium } from 'playwright-core';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CLI = `${ROOT}dist/src/cli/main.js`;

/** The Chromium to drive, or null when this machine has none. */
export function findChromium(): string | null {
  const path = process.env.CHROMIUM ?? '/usr/bin/chromium';
  return existsSync(path) ? path : null;
}

/** A browser without a profile or a network of its own, and without a GPU unless `gpu`. */
export function launchBrowser(executablePath: string, gpu = false): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      ...(gpu ? ['--use-angle=default', '--enable-gpu', '--ignore-gpu-blocklist'] : ['--disable-gpu']),
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** Runs the built command line to its end. */
export async function runMorula(...args: string[]): Promise<void> {
  const child = spawn(process.execPath, [CLI, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  let words = '';
  child.stderr.on('data', (chunk: Buffer) => (words += chunk.toString()));
  const code = await new Promise<number | null>((done) => child.once('exit', done));
  if (code !== 0) throw new Error(`morula ${args.join(' ')} ended with ${code}: ${words}`);
}

/** A result being served; `stop` ends the server. */
export async function serve(result: string): Promise<{ url: string; stop(): Promise<void> }> {
  const child: ChildProcess = spawn(process.execPath, [CLI, 'view', result, '--no-open', '--port', '0'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const url = await new Promise<string>((done, fail) => {
    let words = '';
    const read = (chunk: Buffer): void => {
      words += chunk.toString();
      const found = /http:\/\/127\.0\.0\.1:\d+\/\S*(?=\s)/.exec(words);
      if (found !== null) done(found[0]);
    };
    child.stdout!.on('data', read);
    child.stderr!.on('data', read);
    child.once('exit', (code) => fail(new Error(`morula view ended with ${code}: ${words}`)));
  });
  return {
    url,
    stop: async () => {
      if (child.exitCode !== null) return;
      const ended = new Promise((done) => child.once('exit', done));
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/**
 * Whether tests in Chromium are skipped, and their title, which says why. On a developer's machine they are without
 * Chromium; where CI is set, its absence is a failure.
 */
export function inChromium(what: string): { chromium: string | null; skip: boolean; title: string } {
  const chromium = findChromium();
  const skip = chromium === null && process.env.CI === undefined;
  const reason = skip ? ' (skipped: no Chromium at CHROMIUM or /usr/bin/chromium)' : '';
  return { chromium, skip, title: `${what} in Chromium${reason}` };
}
