import type { Command } from 'commander';
import { type Flaw, type Verification, verifyResult } from '../../pipeline/index.ts';
import { action, type Outcome } from '../action.ts';
import { addCommonOptions, type CommonOptions } from '../options.ts';
import { some } from '../text.ts';

/** Exit code of a result that is damaged: it cannot be used as it is. */
const EXIT_DAMAGED = 65;

/** Flaws that are shown of those that one command mends. */
const SHOWN = 5;

interface VerifyFlags extends CommonOptions {
  deep?: boolean;
}

/** `verify`: whether a result is as it was written, and which command mends what is not. */
export function defineVerify(program: Command): void {
  const command = program
    .command('verify <result>')
    .description('check every file and invariant of a result; says what is damaged, and what mends it')
    .option('--deep', 'read every file and compare checksums');
  addCommonOptions(command).action(
    action(async ({ reporter, signal }, options: VerifyFlags, folder: string): Promise<Outcome> => {
      const found = await verifyResult(folder, options.deep ?? false, {
        onProgress: (progress) => reporter.progress(progress),
        signal,
      });
      const damaged = found.flaws.filter(({ kind }) => kind === 'damage').length;
      return {
        json: { result: folder, damaged, ...found },
        text: inWords(found, damaged, options.deep ?? false),
        ...(damaged === 0 ? {} : { exit: EXIT_DAMAGED }),
      };
    }),
  );
}

function inWords({ flaws, frames, files }: Verification, damaged: number, deep: boolean): string {
  const looked = `${some(frames, 'frame')}, ${some(files, 'file')}${deep ? ', every byte' : ', sizes (--deep reads every byte)'}`;
  const verdict = damaged === 0 ? 'whole' : `${some(damaged, 'flaw')}`;
  return [
    ...together(flaws).flatMap(flawLines),
    `verified    ${looked}: ${verdict}${flaws.some(({ kind }) => kind === 'unfinished') ? ', not finished' : ''}`,
  ].join('\n');
}

/** Flaws of one kind that follow one another and that one command mends. */
function together(flaws: readonly Flaw[]): Flaw[][] {
  const groups: Flaw[][] = [];
  for (const flaw of flaws) {
    const last = groups.at(-1);
    if (last !== undefined && last[0].kind === flaw.kind && last[0].mend === flaw.mend) last.push(flaw);
    else groups.push([flaw]);
  }
  return groups;
}

/** The first few of a group, how many more there are, and the command. */
function flawLines(flaws: readonly Flaw[]): string[] {
  const [{ kind, mend }] = flaws as [Flaw];
  const head = kind.padEnd(11);
  const lines = flaws.slice(0, SHOWN).map(({ what }) => `${head} ${what}`);
  if (flaws.length > SHOWN)
    lines.push(`${head} and ${flaws.length - SHOWN} more like these (--json lists them)`);
  return mend === null ? lines : [...lines, `mend        ${mend}`];
}
