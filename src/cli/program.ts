import { Command, CommanderError } from 'commander';
import { morulaVersion } from '../codec/packageRoot.ts';
import { MorulaError } from '../errors/index.ts';
import { reportError } from './action.ts';
import { defineMissing, definePlan } from './commands/cluster.ts';
import { defineDemo } from './commands/demo.ts';
import { defineExchange } from './commands/exchange.ts';
import { defineInfo } from './commands/info.ts';
import { defineModels } from './commands/models.ts';
import { defineScore } from './commands/score.ts';
import { defineSimulate } from './commands/simulate.ts';
import { defineSubmit } from './commands/submit.ts';
import { defineLink, defineSegment, defineTrack } from './commands/track.ts';
import { defineVerify } from './commands/verify.ts';
import { defineView } from './commands/view.ts';

/** Exit code of wrong usage, as sysexits has it. */
const EXIT_USAGE = 64;

/** Commander's words in ours: one line, which option, what must hold, where help is. */
function usageLine(message: string): string {
  const text = message
    .replace(/^error: /, '')
    .replace(/\s*\n\s*/g, ' ')
    .replace(/\.$/, '');
  const invalid = /^option '(?:-\w, )?(--[\w-]+).*?' argument '(.*)' is invalid\. (.*)$/.exec(text);
  if (invalid === null) return `${text}; morula <command> --help lists the options`;
  const [, name, value, why] = invalid;
  const choices = /^Allowed choices are (.*)$/.exec(why!);
  return choices === null ? `${name}: ${why}` : `${name}: must be one of ${choices[1]}, got "${value}"`;
}

/**
 * Runs one command line.
 *
 * @param argv as `process.argv`: node, script, arguments
 * @returns the exit code
 */
export async function runCli(argv: readonly string[]): Promise<number> {
  const program = new Command('morula')
    .description('Time-lapse movies of living cells to lineages: segment, link, inspect.')
    .version(morulaVersion())
    .exitOverride()
    .configureOutput({ outputError: () => undefined });
  for (const define of [
    defineTrack,
    defineSegment,
    defineLink,
    defineView,
    defineExchange,
    defineScore,
    defineInfo,
    defineVerify,
    definePlan,
    defineMissing,
    defineSubmit,
    defineModels,
    defineSimulate,
    defineDemo,
  ]) {
    define(program);
  }
  process.exitCode = 0;
  try {
    await program.parseAsync([...argv]);
  } catch (error) {
    if (!(error instanceof CommanderError)) return reportError(error);
    if (error.exitCode === 0) return 0;
    if (error.code === 'commander.help') return EXIT_USAGE;
    return reportError(new MorulaError('usage', usageLine(error.message)));
  }
  return Number(process.exitCode ?? 0);
}
