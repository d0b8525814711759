import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/array/index.ts';
import { start } from '../cli/morula.ts';
import { LONG, shardNote, share } from '../helpers/points.ts';
import { damagedWeights, FAMILIES, withFiles } from './families.ts';

/** Copies in all: 10,000 by `npm run test:long`. */
const COPIES = LONG ? 10_000 : 600;
/** Seconds of processor time that one copy may take, and megabytes that the process may have at its peak. */
const PATIENCE = 5;
const MEMORY = 1000;

const RUNNER = join(import.meta.dirname, 'runner.ts');
const SHARES = Object.values(FAMILIES).reduce((sum, { share }) => sum + share, 0);

interface Tally {
  same: number;
  other: number;
  refused: number;
  /** Read for ever, by a library that morula does not let do that, see below. */
  endless: number;
  /** Megabytes at the peak. */
  peak: number;
  /** Copies at which morula failed instead of refusing them. */
  bad: string[];
}

/** Seconds that a process has computed, NaN where it has ended: fields 14 and 15 of /proc/<pid>/stat in ticks of 10 ms, see proc(5). */
function processorSeconds(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]!.split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return Number.NaN;
  }
}

/** Reads copies `first` to `end - 1` in one process; returns the copy after the last that it came to. */
async function readCopies(family: string, first: number, end: number, tally: Tally): Promise<number> {
  const args = ['--import', 'tsx', RUNNER, family, String(first), String(end - first)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-500);
  });
  const closed = new Promise<string>((done) =>
    child.on('close', (code, signal) => done(String(signal ?? code))),
  );
  let current = first;
  let since = Number.NaN;
  let stuck = false;
  createInterface(child.stdout).on('line', (line) => {
    const { seed, outcome, why, peak } = JSON.parse(line) as {
      seed?: number;
      outcome?: 'same' | 'other' | 'refused' | 'defect';
      why?: string;
      peak?: number;
    };
    if (peak !== undefined) tally.peak = Math.max(tally.peak, peak);
    if (seed !== undefined) [current, since] = [seed, processorSeconds(child.pid!)];
    if (outcome === undefined) return;
    current = seed! + 1;
    since = Number.NaN;
    if (outcome === 'defect') tally.bad.push(`${family} ${seed}: ${why}`);
    else tally[outcome]++;
  });
  while (child.exitCode === null && child.signalCode === null) {
    await pause(100);
    stuck ||= processorSeconds(child.pid!) - since > PATIENCE;
    if (stuck) child.kill('SIGKILL');
  }
  const how = await closed;
  if (how === '0') return end;
  if (stuck && FAMILIES[family]!.mayLoop) tally.endless++;
  else if (stuck) tally.bad.push(`${family} ${current}: took more than ${PATIENCE} s`);
  else tally.bad.push(`${family} ${current}: its process ended with ${how}: ${said}`);
  return current + 1;
}

describe('hostile copies of foreign input', () => {
  it.each(Object.keys(FAMILIES))(
    'are read or refused in a line, without a crash, a hang, or much memory: %s',
    { timeout: 3_600_000 },
    async (family) => {
      const count = Math.ceil((COPIES * FAMILIES[family]!.share) / SHARES);
      const tally: Tally = { same: 0, other: 0, refused: 0, endless: 0, peak: 0, bad: [] };
      const [first, end] = share(count);
      for (let next = first; next < end && tally.bad.length < 20; )
        next = await readCopies(family, next, end, tally);
      const { bad, peak, ...outcomes } = tally;
      console.log(
        `${family}: ${end - first} copies${shardNote}, ${JSON.stringify(outcomes)}, ${bad.length} bad, ${Math.round(peak)} MB`,
      );
      expect(bad).toEqual([]);
      expect(peak).toBeLessThan(MEMORY);
      expect(outcomes.refused).toBeGreaterThan(0);
    },
  );

  it('do not keep models import, whose process is ended', { timeout: 120_000 }, async () => {
    // Its attributes send the HDF5 library round in circles.
    await withFiles(damagedWeights(createRandom(175)), async (folder) => {
      const { code, stdout, stderr } = await start(['models', 'import', folder, '-o', `${folder}.model`])
        .ended;
      expect([code, stdout]).toEqual([70, '']);
      expect(stderr).toMatch(
        /^morula: model: \S+ must end, but it was still at [^\n]* after 1\d s [^\n]*\n$/,
      );
    });
  });
});
