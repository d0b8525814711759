import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/codec/packageRoot.ts';
import { type Limits, type Measured, measure } from './measure.ts';
import type { Section } from './table.ts';

/** What the parts of the bench share. */
export interface Context {
  /** Folder of the scratch environments that `setup.sh` makes. */
  scratch: string;
  /** Folder for files between programs, removed at the end. */
  work: string;
  data: string;
  limits: Limits;
  /** Names of sets to keep; empty = all. */
  sets: readonly string[];
  /** Frames of each set that the linking part keeps, the first ones; null = all. */
  frames: number | null;
  /** Beginnings of `program settings` to keep in the linking parts; empty = all. */
  programs: readonly string[];
  /** What earlier runs left in `--out`, by part. */
  earlier: ReadonlyMap<string, Section>;
  /** What could not be installed or cannot run here; parts add to it. */
  missing: string[];
}

/** Names of the environments of `setup.sh`, each with its pinned packages in `environments/<name>.txt`. */
export const ENVIRONMENTS = ['tracking', 'btrack', 'segmentation', 'ultrack', 'trips'] as const;

/** Interpreter of an environment, or null where it could not be made. */
export function interpreter({ scratch }: Context, environment: (typeof ENVIRONMENTS)[number]): string | null {
  const path = join(scratch, environment, 'bin', 'python');
  return existsSync(join(scratch, environment, 'complete')) ? path : null;
}

/** Path of a script beside this file. */
export function script(name: string): string {
  return join(packageRoot(), 'bench', 'peers', name);
}

/** Runs `morula` from the build output. */
export function morula({ limits }: Context, args: readonly string[]): Promise<Measured> {
  const main = join(packageRoot(), 'dist', 'src', 'cli', 'main.js');
  return measure(process.execPath, [main, ...args], limits);
}

/** Whether a set is asked for; says so where its file is not there. */
export function wanted(context: Context, name: string, path: string): boolean {
  if (context.sets.length > 0 && !context.sets.includes(name)) return false;
  if (existsSync(path)) return true;
  context.missing.push(`${name}: no such set under the data folder (set MORULA_DATA)`);
  return false;
}

/** The JSON object that `morula ... --json` prints. */
export function jsonOf<T>(run: Measured): T {
  if (run.ended !== 'done') throw new Error(`peers: morula ${run.ended}: ${run.complaint}`);
  return JSON.parse(run.stdout) as T;
}
