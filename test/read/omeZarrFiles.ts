import { join } from 'node:path';
import { sizeOf, type TypedArray } from '../../src/array/index.ts';
import { type ArraySpec, createGroup, writeArray } from '../../src/codec/index.ts';

/** A small movie for tests: extent of each axis, and value `((t * 3 + c) * 5 + z) * 49 + y * 7 + x + 1` everywhere. */
export const EXTENT: Record<string, number> = { t: 3, c: 2, z: 4, y: 6, x: 5 };

/** The value of that movie at some place. */
export function valueAt(at: Record<string, number>): number {
  return (((at.t ?? 0) * 3 + (at.c ?? 0)) * 5 + (at.z ?? 0)) * 49 + (at.y ?? 0) * 7 + (at.x ?? 0) + 1;
}

const TYPES: Record<string, string> = { t: 'time', c: 'channel', z: 'space', y: 'space', x: 'space' };
const UNITS: Record<string, string> = { t: 'second', z: 'micrometer', y: 'micrometer', x: 'micrometer' };

/** How the movie is to be stored. */
export interface MovieLayout {
  /** Stored axes in order. */
  axes: readonly string[];
  version?: '0.4' | '0.5';
  /** Default 1 along t and c, 4 else. */
  chunks?: readonly number[];
  /** Default as named; `null` for none. */
  scale?: readonly unknown[] | null;
  units?: Record<string, string | undefined>;
  spec?: Partial<ArraySpec>;
  /** Fields put over the multiscale image, and over the OME attributes. */
  image?: object;
  ome?: object;
}

/** The axes entry of the metadata. */
function axesOf(names: readonly string[], units: Record<string, string | undefined> = UNITS): object[] {
  return names.map((name) => ({ name, type: TYPES[name], ...(units[name] && { unit: units[name] }) }));
}

/** The OME attributes of a layout. */
export function attributesOf(layout: MovieLayout): Record<string, unknown> {
  const { axes, version = '0.4', scale = axes.map((_, i) => i + 0.5), units, image, ome } = layout;
  const transformations = scale === null ? {} : { coordinateTransformations: [{ type: 'scale', scale }] };
  const multiscale = {
    axes: axesOf(axes, units),
    datasets: [{ path: '0', ...transformations }],
    ...(version === '0.4' && { version }),
    ...image,
  };
  const attributes = { multiscales: [multiscale], ...ome };
  return version === '0.5' ? { ome: { version, ...attributes } } : attributes;
}

/** The pixels of the movie with its axes in some order. */
function pixelsOf(axes: readonly string[], make: (n: number) => TypedArray): TypedArray {
  const shape = axes.map((name) => EXTENT[name]);
  const data = make(sizeOf(shape));
  for (let i = 0; i < data.length; i++) {
    const at: Record<string, number> = {};
    let rest = i;
    for (let axis = axes.length - 1; axis >= 0; axis--) {
      at[axes[axis]] = rest % shape[axis];
      rest = Math.floor(rest / shape[axis]);
    }
    data[i] = valueAt(at);
  }
  return data;
}

/** Writes the movie. */
export async function writeMovie(folder: string, layout: MovieLayout): Promise<void> {
  const { axes, version = '0.4', spec } = layout;
  const zarrFormat = version === '0.4' ? 2 : 3;
  const shape = axes.map((name) => EXTENT[name]);
  const chunks = layout.chunks ?? axes.map((name) => (name === 't' || name === 'c' ? 1 : 4));
  await createGroup(folder, attributesOf(layout), zarrFormat);
  const whole: ArraySpec = { shape, chunks, dtype: 'uint16', zarrFormat, ...spec };
  await writeArray(
    join(folder, '0'),
    whole,
    pixelsOf(axes, (n) => new Uint16Array(n)),
  );
}
