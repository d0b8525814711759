import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Device } from '../src/model/index.ts';
import { segmentMovie, simulateMovie } from '../src/pipeline/index.ts';
import { dataRoot } from './ap.ts';

/**
 * The whole `segment` on a device: frames per second, and the share of the time in which the device had work, from the
 * first run of the network on. The start of process, sessions and the device's trial is reported apart.
 */
export async function benchDevice(options: ReadonlyMap<string, string>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'morula-device-'));
  const notes: string[] = [];
  try {
    const path = options.get('movie') ?? (await someMovie(folder));
    const count = Number(options.get('frames') ?? 10);
    let first = Number.NaN;
    const started = performance.now();
    const report = await segmentMovie(
      {
        source: { path },
        folder: join(folder, 'result'),
        ...(options.has('model') ? { model: options.get('model')! } : { model: 'nuclei-2d' }),
        device: options.get('device') as Device,
        threads: Number(options.get('threads') ?? 1),
        ...(options.has('workers') ? { workers: Number(options.get('workers')) } : {}),
        omeZarr: '0.5',
        frames: [0, count],
        overwrite: true,
      },
      {
        onNote: (line) => notes.push(line),
        onProgress: ({ done }) => {
          if (done > 0 && Number.isNaN(first)) first = performance.now();
        },
      },
    );
    const rest = (performance.now() - first) / 1000;
    for (const line of notes) console.log(line);
    const { device, fresh, busySeconds, networkSeconds, seconds } = report;
    console.log(`segment: ${fresh} frames of ${path} on ${device}`);
    console.log(`  to the first frame       ${((first - started) / 1000).toFixed(2)} s`);
    console.log(`  after the first frame    ${((fresh - 1) / rest).toFixed(2)} frames/s`);
    console.log(`  whole                    ${(fresh / seconds).toFixed(2)} frames/s`);
    console.log(`  device has work          ${((100 * busySeconds) / seconds).toFixed(0)} % of the whole`);
    console.log(`  sessions at work at once ${(networkSeconds / busySeconds).toFixed(2)} while it has`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The HeLa movie where the data are at hand, a simulated one else. */
async function someMovie(folder: string): Promise<string> {
  const hela = join(dataRoot(), 'hela-01.ome.zarr');
  if (existsSync(hela)) return hela;
  const path = join(folder, 'simulated.ome.zarr');
  await simulateMovie({ path, preset: '2d', seed: 1, frames: 20, overwrite: true });
  return path;
}
