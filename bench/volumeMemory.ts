import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { renderFrame, resolveOptions, simulateLife } from '../datasets/simulator/index.ts';
import { createGroup, writeArray } from '../src/codec/index.ts';
import { parse } from './ap.ts';
import { watched } from './memory.ts';

const USAGE = 'bench volumeMemory [--shape <planes,rows,columns>] [--memory <budget>] [--workers <n>]';

/** Peak resident memory of `segment` (its processes added) on one simulated volume, with a budget; both are printed. */
export async function run(args: readonly string[]): Promise<void> {
  const options = parse(args, USAGE);
  const shape = (options.get('shape') ?? '64,1024,1024').split(',').map(Number);
  const [memory, workers] = [options.get('memory') ?? '2GB', options.get('workers') ?? '2'];
  const folder = mkdtempSync(join(tmpdir(), 'morula-memory-'));
  try {
    const movie = join(folder, 'volume.ome.zarr');
    await writeVolume(movie, shape as [number, number, number]);
    const { peakMb, stdout } = watched(folder, 'peak.', [
      ...['segment', movie, '-o', join(folder, 'volume.morula'), '--quiet', '--json'],
      ...['--memory', memory, '--workers', workers],
    ]);
    const { detections, seconds } = JSON.parse(stdout) as { detections: number; seconds: number };
    console.log(
      `volumeMemory: ${shape.join(' x ')}, ${detections} cells, --memory ${memory}, ${workers} workers: ` +
        `peak ${Math.round(peakMb)} MB, ${seconds.toFixed(0)} s`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** One frame of 16 bits: a simulated embryo, mirrored at its sides until it fills the shape `[z, y, x]`. */
async function writeVolume(folder: string, shape: readonly [number, number, number]): Promise<void> {
  const options = resolveOptions({ preset: '3d', frames: 1, seed: 9002 });
  const { image } = renderFrame(simulateLife(options), 0, options);
  const size = image.shape.slice(-3);
  const from = shape.map((n, axis) => Uint32Array.from({ length: n }, (_, i) => mirrored(i, size[axis]!)));
  const [nz, ny, nx] = shape;
  const data = new Uint16Array(nz * ny * nx);
  let to = 0;
  for (let z = 0; z < nz; z++)
    for (let y = 0; y < ny; y++) {
      const row = (from[0]![z]! * size[1]! + from[1]![y]!) * size[2]!;
      for (let x = 0; x < nx; x++) data[to++] = image.data[row + from[2]![x]!]!;
    }
  const axes = ['t', 'z', 'y', 'x'].map((name) => ({ name, type: name === 't' ? 'time' : 'space' }));
  const scale = { type: 'scale', scale: [1, 1, 1, 1] };
  const datasets = [{ path: '0', coordinateTransformations: [scale] }];
  await createGroup(folder, { ome: { version: '0.5', multiscales: [{ axes, datasets }] } });
  const chunks = [1, 16, 256, 256].map((n, axis) => Math.min(n, [1, ...shape][axis]!));
  await writeArray(join(folder, '0'), { shape: [1, ...shape], chunks, dtype: 'uint16' }, data);
}

/** Index in `[0, n)` of pixel i of an axis that is mirrored at both ends again and again. */
function mirrored(i: number, n: number): number {
  const at = i % (2 * n);
  return at < n ? at : 2 * n - 1 - at;
}
