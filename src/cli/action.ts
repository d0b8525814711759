import type { Command } from 'commander';
import { EXIT_DEFECT, isMorulaError, MorulaError } from '../errors/index.ts';
import { applyConfig, type CommonOptions } from './options.ts';
import { createReporter, type Reporter } from './reporter.ts';

/** What a command's body is given. */
export interface Context {
  reporter: Reporter;
  /** Aborted by Ctrl-C or a TERM signal; what is committed stays. */
  signal: AbortSignal;
}

/** What a command's body gives back: the object of `--json`, and the words that are printed without it. */
export interface Outcome {
  json: Record<string, unknown>;
  text: string;
}

/** Turns a command's body into commander's action: options from the file, signals, output, one-line errors. */
export function action<A extends unknown[], O extends CommonOptions>(
  body: (context: Context, options: O, ...args: A) => Promise<Outcome>,
): (...all: unknown[]) => Promise<void> {
  return async (...all) => {
    const command = all.at(-1) as Command;
    const args = all.slice(0, -2) as A;
    const signals = catchSignals();
    let reporter: Reporter | null = null;
    try {
      applyConfig(command);
      const options = command.opts<O>();
      reporter = createReporter(options.quiet ?? false);
      const outcome = await body({ reporter, signal: signals.signal }, options, ...args);
      reporter.end();
      process.stdout.write(options.json ? `${JSON.stringify(outcome.json)}\n` : `${outcome.text}\n`);
      process.exitCode = 0;
    } catch (error) {
      reporter?.end();
      process.exitCode = reportError(error);
    } finally {
      signals.release();
    }
  };
}

/** One line on standard error, and the exit code; the stack only with MORULA_DEBUG=1. */
export function reportError(error: unknown): number {
  const known = isMorulaError(error);
  const line = error instanceof Error ? error.message.split('\n')[0]! : String(error);
  process.stderr.write(`morula: ${known ? line : `a defect of morula, please report it: ${line}`}\n`);
  if (process.env['MORULA_DEBUG'] === '1' && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  return known ? error.exit : EXIT_DEFECT;
}

function catchSignals(): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController();
  const stop = (name: 'SIGINT' | 'SIGTERM'): void => {
    if (!controller.signal.aborted) process.stderr.write('\nstopping after the frames under way\n');
    controller.abort(
      new MorulaError(
        'interrupted',
        'interrupted: what was committed stays; the same command goes on from there',
        {
          exit: name === 'SIGINT' ? 130 : 143,
        },
      ),
    );
  };
  const onInt = (): void => stop('SIGINT');
  const onTerm = (): void => stop('SIGTERM');
  process.on('SIGINT', onInt);
  process.on('SIGTERM', onTerm);
  return {
    signal: controller.signal,
    release: () => {
      process.off('SIGINT', onInt);
      process.off('SIGTERM', onTerm);
    },
  };
}
