import type { NdArray } from '../array/index.ts';
import { dtypeOf } from '../array/index.ts';
import { MorulaError } from '../errors/index.ts';
import { measureContrast } from './contrast.ts';
import { listEdits, listMarks } from './edits.ts';
import { binary, failure, json, type Reply } from './reply.ts';
import type { Detail, ViewSource } from './source.ts';
import { TABLES } from './tables.ts';

/**
 * What can be read; everything shows the lineage with its edits (`server.ts` says how to make them):
 *
 * - `/api/info`: the run file, why there are no pixels (`imageProblem`) or null, that edits are recorded here, and
 *   `levels` `{ step, width, height }` of planes, finest first
 * - `/api/table/nodes|tracklets|divisions|counts|certainty`: columns (see `codec/columns`), header `x-seq`: the last
 *   edit that is in them
 * - `/api/plane?t=&c=&z=&level=&part=`: raw pixels, headers `x-shape` (y,x) and `x-dtype`; z a number or `max`, `level` a
 *   place in `levels`, `part` `y0,y1,x0,x1` in that level's pixels
 * - `/api/labels?t=&z=&level=&part=`: raw uint32 labels, likewise
 * - `/api/weak?t=`: candidates below the threshold in one frame, columns z, y, x, radius (micrometres), prob and dist
 *   (`nRays` each, in steps of 1 / `distSteps` pixel; directions as `WeakCandidates` of `segment` says)
 * - `/api/contrast?c=`: `{ low, high, planes? }`, grey values to show as black and white; `planes` of single planes in 3D
 * - `/api/edits?since=`: `{ seq, undo, redo, entries, notes }`, the log after an entry (`EditEntry`), the next step back
 *   and forth (`{ seq, label }` or null), and lines that the user should see
 * - `/api/edits/state`: `{ seq, names, colours, tags, groups, bookmarks, ends, reviews, frozen, pairs, divides, nodes }`, each an
 *   object by detection (`NodeRef`), pair, group or item
 */
export async function answer(source: ViewSource, url: URL): Promise<Reply> {
  const run = await source.run();
  if (url.pathname === '/api/info') {
    const levels = source.levels.map(({ step, width, height }) => ({ step, width, height }));
    return json({ run, imageProblem: source.imageProblem, edits: true, levels });
  }
  if (url.pathname.startsWith('/api/table/')) {
    const name = TABLES.find((table) => url.pathname === `/api/table/${table}`);
    if (name === undefined) return failure(404, 'no such table');
    const { bytes, seq } = await source.table(name);
    return binary(bytes, { 'x-seq': String(seq) });
  }
  const { nFrames, shape, channels } = run.movie;
  if (url.pathname === '/api/plane') {
    const t = index(url, 't', nFrames);
    const c = index(url, 'c', channels.length);
    return pixels(await source.plane(t, c, plane(url, shape[0]), detail(source, url)));
  }
  if (url.pathname === '/api/labels') {
    const t = index(url, 't', nFrames);
    return pixels(await source.labels(t, plane(url, shape[0]), detail(source, url)));
  }
  if (url.pathname === '/api/weak') return binary(await source.weak(index(url, 't', nFrames)));
  if (url.pathname === '/api/contrast') {
    return json(await measureContrast(source, index(url, 'c', channels.length)));
  }
  if (url.pathname === '/api/edits') return listEdits(source.session, index(url, 'since', 1e9));
  if (url.pathname === '/api/edits/state') return listMarks(source.session);
  return failure(404, 'nothing here');
}

function pixels(image: NdArray): Reply {
  const { data, shape } = image;
  return binary(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), {
    'x-shape': shape.join(','),
    'x-dtype': dtypeOf(data),
  });
}

/** Level and part that an address asks for. */
function detail({ levels }: ViewSource, url: URL): Detail {
  const level = index(url, 'level', levels.length);
  const text = url.searchParams.get('part');
  if (text === null) return { level };
  const numbers = /^\d{1,9}(,\d{1,9}){3}$/.test(text) ? text.split(',').map(Number) : [];
  const [y0, y1, x0, x1] = numbers as [number, number, number, number];
  const { width, height } = levels[level];
  if (numbers.length === 4 && y0 < y1 && y1 <= height && x0 < x1 && x1 <= width)
    return { level, part: { y: [y0, y1], x: [x0, x1] } };
  throw new MorulaError(
    'usage',
    `view: part must be y0,y1,x0,x1 within ${height} x ${width} pixels, got "${text.slice(0, 50)}"`,
  );
}

function plane(url: URL, depth: number): number | 'max' {
  return url.searchParams.get('z') === 'max' ? 'max' : index(url, 'z', Math.max(depth, 1));
}

function index(url: URL, name: string, size: number): number {
  const text = url.searchParams.get(name) ?? '0';
  const value = Number(text);
  if (!/^\d{1,9}$/.test(text) || value >= size) {
    throw new MorulaError(
      'usage',
      `view: ${name} must be an integer in [0, ${size}), got "${text.slice(0, 20)}"`,
    );
  }
  return value;
}
