import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Dtype, type NdArray, sizeOf, viewAs } from '../../src/array/index.ts';
import { openTiff, type TiffFile } from '../../src/codec/tiff/index.ts';
import { SAMPLES } from './tiffSamples.ts';

/** A folder for one test file's TIFFs. */
export function createScratch(): {
  path(name: string): string;
  write(name: string, bytes: Uint8Array): string;
  remove(): void;
} {
  const folder = mkdtempSync(join(tmpdir(), 'morula-tiff-'));
  const path = (name: string): string => join(folder, name);
  return {
    path,
    write(name, bytes) {
      writeFileSync(path(name), bytes);
      return path(name);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Bytes of one of the files that another program made. */
export function sampleBytes(name: keyof typeof SAMPLES): Uint8Array {
  return new Uint8Array(Buffer.from(SAMPLES[name], 'base64'));
}

/** The values that `tiffSamples.py` wrote: `v = i * 37 % 251` made to fit the type. */
export function sampleValues(dtype: Dtype, length: number): number[] {
  return Array.from({ length }, (_, i) => {
    const v = (i * 37) % 251;
    if (dtype.startsWith('float')) return v / 4 - 20;
    if (dtype.startsWith('int')) return v - 128;
    return dtype === 'uint8' ? v : v * 257;
  });
}

/** Reads every page of a file. */
export async function readAllPages(path: string): Promise<NdArray[]> {
  return withTiff(path, async (file) => {
    const pages: NdArray[] = [];
    for (let i = 0; i < file.nPages; i++) pages.push(await file.readPage(i));
    return pages;
  });
}

/** Opens a file for `use` and closes it. */
export async function withTiff<T>(path: string, use: (file: TiffFile) => Promise<T> | T): Promise<T> {
  const file = await openTiff(path);
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}

/** One field of a hand-made directory; values of type LONG, or of type `type`. */
export type Tags = Record<number, number | number[]>;

/** A classic little-endian TIFF with one page whose tags are given outright; `pixels` start at byte 8. */
export function handMadeTiff(tags: Tags, pixels: Uint8Array, next = 0): Uint8Array {
  const entries = Object.entries(tags).map(([tag, value]) => ({ tag: Number(tag), values: [value].flat() }));
  const ifd = 8 + pixels.length + (pixels.length & 1);
  let extra = ifd + 2 + entries.length * 12 + 4;
  const out = new Uint8Array(extra + entries.reduce((sum, { values }) => sum + values.length * 4, 0));
  const view = new DataView(out.buffer);
  out.set([0x49, 0x49, 42, 0]);
  view.setUint32(4, ifd, true);
  out.set(pixels, 8);
  view.setUint16(ifd, entries.length, true);
  entries.forEach(({ tag, values }, i) => {
    const at = ifd + 2 + i * 12;
    view.setUint16(at, tag, true);
    view.setUint16(at + 2, 4, true);
    view.setUint32(at + 4, values.length, true);
    if (values.length === 1) view.setUint32(at + 8, values[0], true);
    else {
      view.setUint32(at + 8, extra, true);
      for (const value of values) {
        view.setUint32(extra, value, true);
        extra += 4;
      }
    }
  });
  view.setUint32(ifd + 2 + entries.length * 12, next, true);
  return out;
}

/** A page `[height, width]` of `dtype` over given bytes. */
export function pageOf(dtype: Dtype, height: number, width: number, bytes: Uint8Array): NdArray {
  const shape = [height, width];
  return { data: viewAs(dtype, new Uint8Array(bytes).buffer, 0, sizeOf(shape)), shape };
}
