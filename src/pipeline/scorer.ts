import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { packageRoot } from '../codec/packageRoot.ts';
import { MorulaError } from '../errors/index.ts';
import { scorerOf } from '../link/index.ts';
import { openNetwork } from '../model/index.ts';

/** A scorer that was found and tried. */
export interface ChosenScorer {
  path: string;
  sha256: string;
}

/** The built-in scorer where its manifest says that it is used by default, or null. */
async function builtinScorer(): Promise<string | null> {
  const folder = join(packageRoot(), 'datasets', 'models', 'links');
  const manifest = join(folder, 'model.json');
  if (!existsSync(manifest)) return null;
  const { usedByDefault } = JSON.parse(await readFile(manifest, 'utf8')) as { usedByDefault?: boolean };
  return usedByDefault === true ? join(folder, 'model.onnx') : null;
}

/**
 * The scorer that a job wants, opened once to see that it can be used; null for none.
 *
 * @param scorer `auto`, `none`, or an ONNX file
 * @throws `not-found` or `invalid-data` with the reason; `invalid-option` for a linker that takes none
 */
export async function chooseScorer(linker: string, scorer = 'auto'): Promise<ChosenScorer | null> {
  if (scorer === 'none') return null;
  if (linker !== 'global') {
    if (scorer === 'auto') return null;
    throw new MorulaError(
      'invalid-option',
      `link: scorer must be auto or none with the linker ${linker}, got ${scorer}; use --linker global`,
    );
  }
  const path = scorer === 'auto' ? await builtinScorer() : resolve(scorer);
  if (path === null) return null;
  const network = await openNetwork(path);
  try {
    scorerOf(network);
    return { path, sha256: network.sha256 };
  } finally {
    await network.close();
  }
}
