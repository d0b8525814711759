import { inspect } from 'node:util';
import type { Command } from 'commander';
import { EXIT_DEFECT, isMorulaError, MorulaError } from '../errors/index.ts';
import { applyConfig } from './config.ts';
import type { CommonOptions } from './options.ts';
import { createReporter, type Reporter } from './reporter.ts';

/** What a command's body is given. */
export interface Context {
  reporter: Reporter;
  /** Aborted by Ctrl-C or a TERM signal; what is committed stays. */
  signal: AbortSignal;
  /** What the first signal prints; null where it ends the command well (a server). Set by the body. */
  onStop: string | null;
}

/** What a command's body gives back: the object of `--json`, and the words that are printed without it. */
export interface Outcome {
  json: Record<string, unknown>;
  text: string;
  /** Exit code of what was found, where that is not 0. */
  exit?: number;
}

/**
 * Turns a command's body into commander's action: options from the file, signals, output, one-line errors.
 *
 * @param fill gives options that are still open, before the body sees them
 */
export function action<A extends unknown[], O extends CommonOptions>(
  body: (context: Context, options: O, ...args: A) => Promise<Outcome>,
  fill?: (command: Command, ...args: A) => Promise<void>,
): (...all: unknown[]) => Promise<void> {
  return async (...all) => {
    const command = all.at(-1) as Command;
    const args = all.slice(0, -2) as A;
    let reporter: Reporter | null = null;
    let signals: Signals | null = null;
    try {
      applyConfig(command);
      await fill?.(command, ...args);
      const options = command.opts<O>();
      reporter = createReporter(options.quiet ?? false);
      signals = catchSignals(reporter);
      const outcome = await body(signals.context, options, ...args);
      reporter.end();
      const text = options.json ? JSON.stringify(outcome.json) : outcome.text;
      if (text !== '') process.stdout.write(`${text}\n`);
      process.exitCode = outcome.exit ?? 0;
    } catch (error) {
      reporter?.end();
      process.exitCode = reportError(error);
    } finally {
      signals?.release();
    }
  };
}

/** One line on standard error, and the exit code; the stack only with MORULA_DEBUG=1. */
export function reportError(error: unknown): number {
  const known = isMorulaError(error);
  const line = (error instanceof Error ? error.message : String(error)).trim().replace(/\s*\n\s*/g, ' ');
  const what = known ? line : `a defect of morula, please report it (MORULA_DEBUG=1 shows where): ${line}`;
  process.stderr.write(`morula: ${what}\n`);
  if (process.env.MORULA_DEBUG === '1') process.stderr.write(`${inspect(error)}\n`);
  return known ? error.exit : EXIT_DEFECT;
}

interface Signals {
  context: Context;
  release(): void;
}

/** The first signal asks the job to stop, the second ends the process at once. */
function catchSignals(reporter: Reporter): Signals {
  const controller = new AbortController();
  const context: Context = { reporter, signal: controller.signal, onStop: null };
  const names = ['SIGINT', 'SIGTERM'] as const;
  const release = (): void => {
    for (const name of names) process.off(name, stop);
  };
  const stop = (name: NodeJS.Signals): void => {
    const exit = name === 'SIGINT' ? 130 : 143;
    if (controller.signal.aborted) {
      reporter.end();
      process.exit(exit);
    }
    if (context.onStop !== null) reporter.note(context.onStop);
    controller.abort(
      new MorulaError(
        'interrupted',
        'interrupted: what was finished stays; run the same command again to go on from there',
        { exit },
      ),
    );
  };
  for (const name of names) process.on(name, stop);
  return { context, release };
}
