import { resolve } from 'node:path';
import { MorulaError } from '../errors/index.ts';
import { scorerOf } from '../link/index.ts';
import { openNetwork } from '../model/index.ts';

/** A scorer that was found and tried. */
export interface ChosenScorer {
  path: string;
  sha256: string;
}

/**
 * The scorer that a job wants, opened once to see that it can be used; null for none. `auto` is none: no network of ours
 * was better than the fitted costs on families that it had not seen, see datasets/models/README.md.
 *
 * @param scorer `auto`, `none`, or an ONNX file
 * @throws `not-found` or `invalid-data` with the reason; `invalid-option` for a linker that takes none
 */
export async function chooseScorer(linker: string, scorer = 'auto'): Promise<ChosenScorer | null> {
  if (scorer === 'auto' || scorer === 'none') return null;
  if (linker !== 'global') {
    throw new MorulaError(
      'invalid-option',
      `link: scorer must be auto or none with the linker ${linker}, got ${scorer}; use --linker global`,
    );
  }
  const network = await openNetwork(resolve(scorer));
  try {
    scorerOf(network);
    return { path: network.path, sha256: network.sha256 };
  } finally {
    await network.close();
  }
}
