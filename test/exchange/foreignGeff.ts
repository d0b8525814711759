import { join } from 'node:path';
import { createGroup, writeArray } from '../../src/codec/zarr/index.ts';
import type { ZarrDtype } from '../../src/codec/zarr/types.ts';

type Compression = 'zstd' | 'blosc' | 'gzip' | 'none';

/** A GEFF as another program writes it. */
export interface Foreign {
  ids?: number[];
  edges?: [number, number][];
  props?: Record<string, { values: number[] | string[]; dtype?: ZarrDtype; missing?: number[] }>;
  /** Merged into the attribute `geff`; undefined removes an entry. */
  meta?: Record<string, unknown>;
  zarrFormat?: 2 | 3;
  compression?: Compression;
}

/** Four nodes of a division: properties t, y, x. */
export const positions = {
  t: { values: [0, 1, 2, 2], dtype: 'int64' as const },
  y: { values: [1, 2, 3, 4] },
  x: { values: [5, 6, 7, 8] },
};

/** Writes a GEFF of four nodes (10 to 40, a division), changed as `foreign` says; returns its folder. */
export async function makeForeign(folder: string, foreign: Foreign = {}): Promise<string> {
  const { zarrFormat = 3, compression = 'zstd', props = positions } = foreign;
  const ids = foreign.ids ?? [10, 20, 30, 40];
  const edges = foreign.edges ?? [
    [10, 20],
    [20, 30],
    [20, 40],
  ];
  const geff = {
    geff_version: '1.1.0',
    directed: true,
    axes: [
      { name: 't', type: 'time' },
      { name: 'y', type: 'space' },
      { name: 'x', type: 'space' },
    ],
    node_props_metadata: Object.fromEntries(
      Object.entries(props).map(([name, { dtype = 'float64' }]) => [
        name,
        { identifier: name, dtype: dtype === 'string' ? 'str' : dtype },
      ]),
    ),
    edge_props_metadata: {},
    ...foreign.meta,
  };
  const spec = (shape: number[], dtype: ZarrDtype) => ({
    shape,
    chunks: shape.map((n) => Math.max(1, n)),
    dtype,
    zarrFormat,
    compression,
  });
  for (const group of ['', 'nodes', 'nodes/props', 'edges']) {
    await createGroup(join(folder, group), group === '' ? { geff } : {}, zarrFormat);
  }
  await writeArray(join(folder, 'nodes/ids'), spec([ids.length], 'uint64'), BigUint64Array.from(ids, BigInt));
  await writeArray(
    join(folder, 'edges/ids'),
    spec([edges.length, 2], 'uint64'),
    BigUint64Array.from(edges.flat(), BigInt),
  );
  for (const [name, { values, dtype = 'float64', missing }] of Object.entries(props)) {
    const base = join(folder, 'nodes/props', name);
    await createGroup(base, {}, zarrFormat);
    const data =
      dtype === 'string'
        ? (values as string[])
        : dtype === 'int64'
          ? BigInt64Array.from(values as number[], BigInt)
          : Float64Array.from(values as number[]);
    await writeArray(join(base, 'values'), spec([values.length], dtype), data);
    if (missing)
      await writeArray(join(base, 'missing'), spec([missing.length], 'bool'), Uint8Array.from(missing));
  }
  return folder;
}
