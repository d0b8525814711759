import { join } from 'node:path';
import { writeFileAtomic } from '../../codec/files.ts';
import { encodeNumbers } from '../../codec/zarr/encode.ts';
import { arrayFiles, openArray } from '../../codec/zarr/index.ts';
import type { ArraySpec, ZarrStore } from '../../codec/zarr/types.ts';
import { MorulaError } from '../../errors/index.ts';

// numpy's texts of fixed length, `<U12`: four bytes a character (UTF-32), shorter ones filled with 0. The geff package
// checks properties of dtype str for this type and refuses zarr's texts of any length. Its bytes are those of numbers of
// 32 bits with one more axis, and so they are written and read here.

/** Characters of a text that are read at most. */
const MOST = 4096;

type Document = Record<string, unknown>;

/** Characters of `text` as numbers, into `out` from `at`. */
function put(text: string, out: Uint32Array, at: number): void {
  let k = at;
  for (const character of text) out[k++] = character.codePointAt(0) as number;
}

/** The document of `texts` as zarr v2, made of that of the numbers. */
function textDocument(spec: ArraySpec, length: number): [string, string][] {
  return arrayFiles(spec).map(([name, content]) => {
    if (name !== '.zarray') return [name, content];
    const document = JSON.parse(content) as Document;
    const [shape, chunks] = [[spec.shape[0]], [spec.chunks[0]]];
    return [
      name,
      `${JSON.stringify({ ...document, shape, chunks, dtype: `<U${length}`, fill_value: '' }, null, 2)}\n`,
    ];
  });
}

/** Writes texts as a zarr v2 array of numpy's texts of fixed length, chunks first. @throws `storage` */
export async function writeTexts(folder: string, texts: readonly string[], rows: number): Promise<void> {
  const length = texts.reduce((most, text) => Math.max(most, [...text].length), 1);
  const chunk = Math.max(1, Math.min(rows, texts.length));
  const shape = [texts.length, length];
  const spec: ArraySpec = { shape, chunks: [chunk, length], dtype: 'uint32', zarrFormat: 2, fillValue: 0 };
  for (let k = 0; k * chunk < texts.length; k++) {
    const numbers = new Uint32Array(chunk * length);
    for (const [i, text] of texts.slice(k * chunk, (k + 1) * chunk).entries()) put(text, numbers, i * length);
    await writeFileAtomic(join(folder, String(k)), await encodeNumbers(numbers, spec));
  }
  for (const [name, content] of textDocument(spec, length))
    await writeFileAtomic(join(folder, name), content);
}

async function documentAt(store: ZarrStore, key: string): Promise<Document | null> {
  const bytes = await store.get(key);
  if (bytes === undefined) return null;
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as Document;
  } catch {
    return null;
  }
}

/** The document of an array of texts of fixed length as that of numbers with an axis more; null where it is another. */
function asNumbers(document: Document): { numbers: Document; length: number } | null {
  const {
    shape,
    chunks,
    data_type: type,
    chunk_grid: grid,
  } = document as {
    shape?: number[];
    chunks?: number[];
    data_type?: { name?: unknown; configuration?: { length_bytes?: unknown } };
    chunk_grid?: { configuration?: { chunk_shape?: number[] } };
  };
  const match = /^([<>])U(\d+)$/.exec(String(document.dtype ?? ''));
  const wide =
    type?.name === 'fixed_length_utf32' ? Number(type.configuration?.length_bytes) / 4 : Number.NaN;
  const length = match ? Number(match[2]) : wide;
  if (!Number.isInteger(length) || length < 1 || length > MOST || !Array.isArray(shape)) return null;
  const inner = chunks ?? grid?.configuration?.chunk_shape;
  if (shape.length !== 1 || !Array.isArray(inner)) return null;
  const more = { shape: [...shape, length], fill_value: 0 };
  if (match) {
    const numbers = { ...document, ...more, chunks: [...inner, length], dtype: `${match[1]}u4` };
    return { numbers, length };
  }
  const chunk_grid = { name: 'regular', configuration: { chunk_shape: [...inner, length] } };
  const numbers = { ...document, ...more, data_type: 'uint32', chunk_grid, dimension_names: undefined };
  return { numbers, length };
}

/** Texts of numbers, `length` characters each at most. */
function toTexts(data: ArrayLike<number>, length: number, place: string): string[] {
  const texts: string[] = [];
  for (let at = 0; at < data.length; at += length) {
    let end = at + length;
    while (end > at && data[end - 1] === 0) end--;
    const codes = Array.from({ length: end - at }, (_, i) => data[at + i]);
    if (codes.some((code) => code > 0x10ffff)) {
      throw new MorulaError(
        'invalid-data',
        `${place}: row ${at / length} must be a text, found no characters`,
      );
    }
    texts.push(String.fromCodePoint(...codes));
  }
  return texts;
}

/**
 * The texts of an array, of any length or of numpy's fixed length; null for an array of anything else.
 *
 * @throws `not-found`, and what a damaged array throws
 */
export async function readTexts(store: ZarrStore, path: string, place: string): Promise<string[] | null> {
  for (const name of ['zarr.json', '.zarray']) {
    const document = await documentAt(store, `${path}/${name}`);
    const found = document && asNumbers(document);
    if (!found) continue;
    const text = new TextEncoder().encode(JSON.stringify(found.numbers));
    // The axis more is in the keys of the chunks, too: `0.0` and `c/0/0` for `0` and `c/0`.
    const view: ZarrStore = {
      location: store.location,
      get: async (key, range, most) =>
        key === `${path}/${name}` ? text : store.get(key.replace(/(\d+)[./]0$/, '$1'), range, most),
    };
    return toTexts((await (await openArray(view, path)).read()).data, found.length, place);
  }
  const array = await openArray(store, path);
  return array.dtype === 'string' ? array.readStrings() : null;
}
