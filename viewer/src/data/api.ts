import type { TypedArray } from '../../../src/array/index.ts';
import { decodeColumns } from '../../../src/codec/columns.ts';
import type { EditEntry, ReviewState } from '../../../src/lineage/edits/types.ts';
import type { Marks } from '../edits/marks.ts';
import type { Info, PixelArray, Plane } from './types.ts';

type Columns = Record<string, TypedArray>;

/** Where the data lie when the page was written as files (`morula view --export`); null = a server answers. */
const FILES = document.querySelector<HTMLMetaElement>('meta[name="morula-data"]')?.content ?? null;

/** Columns of a gzipped file. */
async function getColumns(
  name: string,
  signal?: AbortSignal,
): Promise<{ meta: Record<string, unknown>; columns: Columns }> {
  const { body } = await get(`${FILES}/${name}.z`, signal);
  const raw = new Response(body!.pipeThrough(new DecompressionStream('gzip')));
  return decodeColumns(new Uint8Array(await raw.arrayBuffer()), name, true);
}

async function planeFile(name: string, signal: AbortSignal): Promise<Plane> {
  const { meta, columns } = await getColumns(name, signal);
  const [height, width] = meta.shape as [number, number];
  return { data: columns.data as PixelArray, width, height };
}

/** The server's one-line reason, as an error. */
async function get(address: string, signal?: AbortSignal): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(address, { signal: signal ?? null });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Error('the server does not answer; is `morula view` still running?');
  }
  if (response.ok) return response;
  let reason = `the server answered ${response.status}`;
  try {
    const body = (await response.json()) as { error?: string };
    if (typeof body.error === 'string') reason = body.error;
  } catch {
    // The status alone is the reason.
  }
  throw new Error(reason);
}

/** The run file and whether there are pixels. */
export async function fetchInfo(): Promise<Info> {
  return (await get(FILES === null ? '/api/info' : `${FILES}/info.json`)).json() as Promise<Info>;
}

/** A table's columns, and the last edit that is in them. */
export async function fetchTable(name: 'nodes' | 'certainty'): Promise<{ columns: Columns; seq: number }> {
  if (FILES !== null) return { columns: (await getColumns(`table/${name}`)).columns, seq: 0 };
  const response = await get(`/api/table/${name}`);
  const { columns } = decodeColumns(new Uint8Array(await response.arrayBuffer()), name, true);
  return { columns, seq: Number(response.headers.get('x-seq') ?? 0) };
}

/** Candidates below the threshold of one frame, micrometres; no columns where there are none. `distSteps` to a pixel. */
export async function fetchWeak(t: number): Promise<{ columns: Columns; distSteps: number }> {
  const bytes = new Uint8Array(await (await get(`/api/weak?t=${t}`)).arrayBuffer());
  const { columns, meta } = decodeColumns(bytes, 'weak');
  return { columns, distSteps: Number((meta as { distSteps?: number }).distSteps ?? 1) };
}

/** What the edit log answers when the page opens. */
export interface LogAnswer {
  seq: number;
  undo: { seq: number; label: string } | null;
  redo: { seq: number; label: string } | null;
  entries: EditEntry[];
  notes: string[];
}

/** The edit log, and what it says of items of the review. */
export async function fetchEdits(): Promise<LogAnswer> {
  return (await get('/api/edits')).json() as Promise<LogAnswer>;
}
/** What people said, by kind and name; see `Marks`. */
export type EditState = Record<keyof Marks, Record<string, unknown>> & {
  reviews: Record<string, ReviewState>;
};
export async function fetchEditState(): Promise<EditState> {
  return (
    await get(FILES === null ? '/api/edits/state' : `${FILES}/state.json`)
  ).json() as Promise<EditState>;
}

/** Grey values to show as black and white. */
interface GreyWindow {
  low: number;
  high: number;
}

/** Grey values to show as black and white, over the whole movie; `planes` for single planes of a 3D movie. */
export async function fetchContrast(channel: number): Promise<GreyWindow & { planes?: GreyWindow }> {
  if (FILES !== null) {
    const all = (await (await get(`${FILES}/contrast.json`)).json()) as GreyWindow[];
    return all[channel]!;
  }
  return (await get(`/api/contrast?c=${channel}`)).json() as Promise<GreyWindow>;
}

/** How much of a plane; a page of files has all of it alone. */
interface Detail {
  /** Place in `Info.levels`. */
  level: number;
  /** In the level's pixels: y0, y1, x0, x1; null = all. */
  part: readonly number[] | null;
}

const detailOf = ({ level, part }: Detail): string =>
  `${level === 0 ? '' : `&level=${level}`}${part === null ? '' : `&part=${part.join()}`}`;

/** One plane of pixels; `z` = 'max' projects. */
export async function fetchPlane(
  t: number,
  channel: number,
  z: number | 'max',
  detail: Detail,
  signal: AbortSignal,
): Promise<Plane> {
  if (FILES !== null) return planeFile(`plane/${t}-${channel}-${z}`, signal);
  return toPlane(await get(`/api/plane?t=${t}&c=${channel}&z=${z}${detailOf(detail)}`, signal));
}

/** One plane of labels as stored. */
export async function fetchLabels(
  t: number,
  z: number | 'max',
  detail: Detail,
  signal: AbortSignal,
): Promise<Plane> {
  if (FILES !== null) return planeFile(`labels/${t}-${z}`, signal);
  return toPlane(await get(`/api/labels?t=${t}&z=${z}${detailOf(detail)}`, signal));
}

async function toPlane(response: Response): Promise<Plane> {
  const buffer = await response.arrayBuffer();
  const [height = 0, width = 0] = (response.headers.get('x-shape') ?? '').split(',').map(Number);
  const dtype = response.headers.get('x-dtype') ?? '';
  const bytes = (width * height * Number(/\d+$/.exec(dtype)?.[0] ?? 8)) / 8;
  if (buffer.byteLength !== bytes || bytes === 0) {
    throw new Error(`the plane came incomplete: ${buffer.byteLength} bytes for ${height} x ${width} pixels`);
  }
  return { data: asPixels(dtype, buffer), width, height };
}

function asPixels(dtype: string, buffer: ArrayBuffer): PixelArray {
  switch (dtype) {
    case 'uint8':
      return new Uint8Array(buffer);
    case 'int8':
      return new Int8Array(buffer);
    case 'uint16':
      return new Uint16Array(buffer);
    case 'int16':
      return new Int16Array(buffer);
    case 'uint32':
      return new Uint32Array(buffer);
    case 'int32':
      return new Int32Array(buffer);
    case 'float32':
      return new Float32Array(buffer);
    case 'float64':
      return new Float64Array(buffer);
    default:
      throw new Error(`pixels of type "${dtype}" cannot be shown`);
  }
}
