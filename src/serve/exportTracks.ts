import { access } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { basename, dirname, join, resolve } from 'node:path';
import { MorulaError } from '../errors/index.ts';
import { exportResult } from '../pipeline/index.ts';
import { MAX_BODY, readJson } from './body.ts';
import { failure, json, type Reply } from './reply.ts';

/** Formats that the page offers, and what their files or folders are called after the result's name. */
const SUFFIX = {
  geff: '.geff',
  ctc: '_RES',
  trackmate: '.xml',
  napari: '-napari.csv',
  mastodon: '-mastodon.csv',
  newick: '.nwk',
  csv: '-tables',
} as const;
type Format = keyof typeof SUFFIX;

/**
 * `POST /api/export` `{ format }`: writes the lineage with its edits beside the result, under a name that is free; answers
 * `{ path, notes }`.
 */
export async function postExport(folder: string, request: IncomingMessage): Promise<Reply> {
  const body = await readJson(request);
  if (body === null) return failure(413, `a request must be at most ${MAX_BODY} bytes`);
  const { format } = body;
  if (typeof format !== 'string' || !Object.hasOwn(SUFFIX, format)) {
    throw new MorulaError('usage', `export: format must be one of ${Object.keys(SUFFIX).join(', ')}`);
  }
  const path = await freeName(resolve(folder), SUFFIX[format as Format]);
  const { notes } = await exportResult(folder, format, path, 'interpolate');
  return json({ path, notes });
}

/** A name beside the result that nothing has: `embryo.geff`, `embryo-2.geff`. */
async function freeName(folder: string, suffix: string): Promise<string> {
  const stem = join(dirname(folder), basename(folder).replace(/\.morula$/, ''));
  for (let n = 1; ; n++) {
    const path = `${stem}${n === 1 ? '' : `-${n}`}${suffix}`;
    const taken = await access(path).then(
      () => true,
      () => false,
    );
    if (!taken) return path;
  }
}
