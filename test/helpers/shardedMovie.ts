import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { appendCrc32c } from '../../src/codec/zarr/crc32c.ts';

/**
 * Writes an OME-Zarr 0.5 movie `t, y, x` of float32 whose frames are shards: four raw inner chunks each, the index at the
 * end.
 *
 * @param pixels of all frames, `nFrames * side * side`
 * @param side of a frame, even
 */
export function writeShardedMovie(folder: string, pixels: readonly number[], side: number): void {
  const nFrames = pixels.length / side ** 2;
  const half = side / 2;
  const put = (key: string, content: Uint8Array | string): void => {
    mkdirSync(dirname(join(folder, key)), { recursive: true });
    writeFileSync(join(folder, key), content);
  };
  const axes = [
    { name: 't', type: 'time', unit: 'second' },
    { name: 'y', type: 'space', unit: 'micrometer' },
    { name: 'x', type: 'space', unit: 'micrometer' },
  ];
  const datasets = [{ path: '0', coordinateTransformations: [{ type: 'scale', scale: [60, 1, 1] }] }];
  const ome = { version: '0.5', multiscales: [{ axes, datasets }] };
  put('zarr.json', JSON.stringify({ zarr_format: 3, node_type: 'group', attributes: { ome } }));
  const bytes = { name: 'bytes', configuration: { endian: 'little' } };
  const sharding = {
    chunk_shape: [1, half, half],
    codecs: [bytes],
    index_codecs: [bytes, { name: 'crc32c' }],
  };
  const grid = (shape: number[]): object => ({ name: 'regular', configuration: { chunk_shape: shape } });
  put(
    '0/zarr.json',
    JSON.stringify({
      zarr_format: 3,
      node_type: 'array',
      shape: [nFrames, side, side],
      data_type: 'float32',
      chunk_grid: grid([1, side, side]),
      chunk_key_encoding: { name: 'default', configuration: { separator: '/' } },
      fill_value: 0,
      codecs: [{ name: 'sharding_indexed', configuration: sharding }],
      attributes: {},
      dimension_names: ['t', 'y', 'x'],
    }),
  );
  for (let t = 0; t < nFrames; t++) {
    const inner = [0, 1, 2, 3].map((k) => {
      const [y0, x0] = [(k >> 1) * half, (k & 1) * half];
      return Float32Array.from(
        { length: half * half },
        (_, i) => pixels[(t * side + y0 + Math.floor(i / half)) * side + x0 + (i % half)]!,
      );
    });
    const size = inner[0]!.byteLength;
    const index = BigUint64Array.from([0, 1, 2, 3].flatMap((k) => [BigInt(k * size), BigInt(size)]));
    const parts = inner.map((chunk) => new Uint8Array(chunk.buffer));
    put(`0/c/${t}/0/0`, Buffer.concat([...parts, appendCrc32c(new Uint8Array(index.buffer))]));
  }
}
