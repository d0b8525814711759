import type { Command } from 'commander';
import { type Description, describe } from '../../pipeline/index.ts';
import { action, type Outcome } from '../action.ts';
import { addCommonOptions, type CommonOptions } from '../options.ts';
import { modelText, movieInfoText, resultText, tracksText } from '../text.ts';

/** `info`: what a path is, or why it cannot be read. */
export function defineInfo(program: Command): void {
  const command = program
    .command('info <path>')
    .description('what a movie, a result, a model or a file of tracks is, in words');
  addCommonOptions(command).action(
    action(async ({ signal }, _options: CommonOptions, path: string): Promise<Outcome> => {
      const found = await describe(path, {}, { signal });
      return { json: { ...found }, text: inWords(path, found) };
    }),
  );
}

function inWords(path: string, found: Description): string {
  switch (found.kind) {
    case 'movie':
      return movieInfoText(found.info);
    case 'model':
      return modelText(found.report);
    case 'result':
      return resultText(path, found);
    case 'tracks':
      return tracksText(path, found);
    case 'ctc':
      return [
        `tracks      ${path}: Cell Tracking Challenge folder`,
        ...(found.findings.length === 0 ? ['valid       every rule of the layout holds'] : []),
        ...found.findings.map((finding) => `broken      ${finding.message}`),
      ].join('\n');
  }
}
