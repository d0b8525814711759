import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { NdArray } from '../array/index.ts';
import { dtypeOf } from '../array/index.ts';
import { encodeColumns } from '../codec/columns.ts';
import { packageRoot } from '../codec/packageRoot.ts';
import { MorulaError } from '../errors/index.ts';
import { measureContrast } from './contrast.ts';
import { listMarks } from './edits.ts';
import { loadPage } from './files.ts';
import { openSource, type ViewSource } from './source.ts';

const compress = promisify(gzip);

/** What was written. */
export interface ExportedPage {
  files: number;
  bytes: number;
}

/** Where the page looks for its data: a line in its head, which the server's own page does not have. */
const DATA = '<meta name="morula-data" content="data" />';

/**
 * Writes the viewer and all that it shows of a result as files that any web server can host, for looking only:
 * `index.html`, its assets, and `data/` with `info.json`, `state.json` (names, tags, bookmarks), `contrast.json`, and gzipped columns (`codec/columns`) of
 * tables and planes. A plane is one column `data`, its shape `[y, x]` and dtype in the meta data.
 *
 * @param options.signal ends it between two planes
 * @param options.onProgress frames written so far, and of how many
 * @throws `usage` where `out` has something in it, `not-found` where the page is not built
 */
export async function exportPage(
  folder: string,
  out: string,
  options: { signal?: AbortSignal; onProgress?: (done: number, of: number) => void } = {},
): Promise<ExportedPage> {
  const there = await readdir(out).catch(() => []);
  if (there.length > 0) {
    throw new MorulaError(
      'usage',
      `view: ${out} must be a new or an empty folder, it holds ${there.length} entries`,
    );
  }
  const page = await loadPage(join(packageRoot(), 'dist', 'viewer'));
  const index = page.get('/index.html');
  if (index === undefined) {
    throw new MorulaError('not-found', 'view: the page is not built; run: npm run build');
  }
  const total: ExportedPage = { files: 0, bytes: 0 };
  const write = async (path: string, body: Uint8Array | string): Promise<void> => {
    const place = join(out, path);
    await mkdir(dirname(place), { recursive: true });
    await writeFile(place, body);
    total.files++;
    total.bytes += body.length;
  };
  const source = await openSource(folder);
  try {
    await writeTables(source, write);
    await writePlanes(source, write, options);
  } finally {
    await source.close();
  }
  for (const [address, { body }] of page) {
    if (address !== '/' && address !== '/index.html') await write(address.slice(1), body);
  }
  // Last, so that a page is there only when its data are.
  await write(
    'index.html',
    Buffer.from(index.body).toString('utf8').replace('<head>', `<head>\n    ${DATA}`),
  );
  return total;
}

type Write = (path: string, body: Uint8Array | string) => Promise<void>;

async function writeTables(source: ViewSource, write: Write): Promise<void> {
  const run = await source.run();
  // Where the movie lies on this machine is nobody else's business.
  const shown = { ...run, movie: { ...run.movie, path: null } };
  const info = { run: shown, imageProblem: source.imageProblem, edits: false };
  await write('data/info.json', JSON.stringify(info));
  for (const name of ['nodes', 'certainty'] as const) {
    await write(`data/table/${name}.z`, await compress((await source.table(name)).bytes));
  }
  await write('data/state.json', (await listMarks(source.session)).body);
  const channels = source.imageProblem === null ? run.movie.channels : [];
  const contrast = [];
  for (let c = 0; c < channels.length; c++) contrast.push(await measureContrast(source, c));
  await write('data/contrast.json', JSON.stringify(contrast));
}

async function writePlanes(
  source: ViewSource,
  write: Write,
  { signal, onProgress }: { signal?: AbortSignal; onProgress?: (done: number, of: number) => void },
): Promise<void> {
  const { movie, hasLabels } = await source.run();
  const depth = movie.ndim === 3 ? movie.shape[0] : 1;
  const planes: (number | 'max')[] = Array.from({ length: depth }, (_, z) => z);
  if (movie.ndim === 3) planes.push('max');
  for (let t = 0; t < movie.nFrames; t++) {
    for (const z of planes) {
      signal?.throwIfAborted();
      for (let c = 0; c < movie.channels.length && source.imageProblem === null; c++) {
        await write(`data/plane/${t}-${c}-${z}.z`, await packPlane(await source.plane(t, c, z)));
      }
      if (hasLabels) await write(`data/labels/${t}-${z}.z`, await packPlane(await source.labels(t, z)));
    }
    onProgress?.(t + 1, movie.nFrames);
  }
}

function packPlane({ data, shape }: NdArray): Promise<Uint8Array> {
  return compress(encodeColumns({ meta: { shape: [...shape], dtype: dtypeOf(data) }, columns: { data } }));
}
