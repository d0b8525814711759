import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { vi } from 'vitest';
import { runCli } from '../../src/cli/program.ts';

const MAIN = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));

/** What a command left behind. */
export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** A command under way. */
export interface Running {
  child: ChildProcess;
  ended: Promise<Ended>;
}

/** The built command line with arguments, as a program and its arguments. */
export const morula = (...args: string[]): string[] => [process.execPath, MAIN, ...args];

/** Starts the built command line as a process of its own. */
export function start(args: readonly string[], env: NodeJS.ProcessEnv = {}): Running {
  return startProcess(process.execPath, [MAIN, ...args], env);
}

/** Starts any program. */
export function startProcess(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Running {
  const child = spawn(program, args, { env: { ...process.env, ...env } });
  const text = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (part: string) => {
      text[name] += part;
    });
  }
  const ended = new Promise<Ended>((done, fail) => {
    child.on('error', fail);
    child.on('close', (code, signal) => done({ code, signal, ...text }));
  });
  return { child, ended };
}

/** Runs the built command line to its end. */
export function run(...args: string[]): Promise<Ended> {
  return start(args).ended;
}

/** Runs the command line inside this process: cheap, for what needs no process of its own. */
export async function here(...args: string[]): Promise<Ended> {
  const text = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation((part) => {
      text[name] += String(part);
      return true;
    }),
  );
  try {
    return { code: await runCli(['node', 'morula', ...args]), signal: null, ...text };
  } finally {
    for (const spy of spies) spy.mockRestore();
    process.exitCode = 0;
  }
}

/** Makes a movie of few small frames with its truth beside it. */
export async function simulate(
  folder: string,
  name: string,
  frames = 3,
  cells = 3,
  seed = 1,
): Promise<string> {
  const path = join(folder, `${name}.ome.zarr`);
  const numbers = ['--frames', `${frames}`, '--cells', `${cells}`, '--seed', `${seed}`, '--workers', '1'];
  const { code, stderr } = await here('simulate', path, ...numbers, '--quiet');
  if (code !== 0) throw new Error(stderr);
  return path;
}

/** SHA-256 of every file of a result that says what was found, by path. */
export function contentOf(result: string): Record<string, string> {
  const found: Record<string, string> = {};
  const entries = readdirSync(result, { recursive: true, encoding: 'utf8' }).sort();
  for (const path of entries) {
    // What a killed writer left behind is no content.
    if (/\.tmp(\/|$)/.test(path)) continue;
    if (!/^(labels\/|tables\/|tracks\.geff\/|[a-z]+\.bin|frames\/.*\.bin)/.test(path)) continue;
    // The address of the movie is in no file of these, so that equal jobs in two folders compare equal.
    try {
      found[path] = createHash('sha256')
        .update(readFileSync(join(result, path)))
        .digest('hex');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EISDIR') throw error;
    }
  }
  return found;
}
