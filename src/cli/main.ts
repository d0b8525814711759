#!/usr/bin/env node
import { asStorageError } from '../errors/index.ts';
import { reportError } from './action.ts';
import { runCli } from './program.ts';

// A reader that went away (`morula ... | head -1`) is no failure; a full disk behind `> file` is one.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') process.exit(reportError(asStorageError('output', 'standard output', error)));
});
process.stderr.on('error', () => undefined);
process.on('uncaughtException', (error) => process.exit(reportError(error)));

process.exitCode = await runCli(process.argv);
