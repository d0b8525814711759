import type { Command } from 'commander';
import { type Flaw, type Verification, verifyResult } from '../../pipeline/index.ts';
import { action, type Outcome } from '../action.ts';
import { addCommonOptions, type CommonOptions } from '../options.ts';
import { some } from '../text.ts';

/** Exit code of a result that is damaged: it cannot be used as it is. */
const EXIT_DAMAGED = 65;

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
    ...flaws.flatMap(flawLines),
    `verified    ${looked}: ${verdict}${flaws.some(({ kind }) => kind === 'unfinished') ? ', not finished' : ''}`,
  ].join('\n');
}

function flawLines({ kind, what, mend }: Flaw): string[] {
  return [`${kind.padEnd(11)} ${what}`, ...(mend === null ? [] : [`mend        ${mend}`])];
}
