import { Command, CommanderError } from 'commander';
import { morulaVersion } from '../codec/packageRoot.ts';
import { reportError } from './action.ts';
import { defineDemo } from './commands/demo.ts';
import { defineExchange } from './commands/exchange.ts';
import { defineInfo } from './commands/info.ts';
import { defineModels } from './commands/models.ts';
import { defineScore } from './commands/score.ts';
import { defineSimulate } from './commands/simulate.ts';
import { defineLink, defineSegment, defineTrack } from './commands/track.ts';
import { defineView } from './commands/view.ts';

/** Exit code of wrong usage, as sysexits has it. */
const EXIT_USAGE = 64;

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
    .showHelpAfterError('(morula <command> --help lists the options)');
  for (const define of [
    defineTrack,
    defineSegment,
    defineLink,
    defineView,
    defineExchange,
    defineScore,
    defineInfo,
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
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
    return reportError(error);
  }
  return Number(process.exitCode ?? 0);
}
