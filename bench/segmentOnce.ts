/** `node --import tsx segmentOnce.ts <json>`: one call of the built `segmentMovie` between the lines `begin` and `end`. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { packageRoot } from '../src/codec/packageRoot.ts';
import type { segmentMovie } from '../src/pipeline/index.ts';

const wish = JSON.parse(process.argv[2]!) as {
  movie: string;
  model: string;
  frames: number;
  workers: number;
  threads: number;
  folder: string;
};
const built = pathToFileURL(join(packageRoot(), 'dist', 'src', 'pipeline', 'index.js')).href;
const pipeline = (await import(built)) as { segmentMovie: typeof segmentMovie };
console.log('begin');
await pipeline.segmentMovie({
  source: { path: wish.movie },
  folder: wish.folder,
  model: wish.model,
  channel: 0,
  device: 'cpu',
  workers: wish.workers,
  threads: wish.threads,
  omeZarr: '0.5',
  frames: [0, wish.frames],
  overwrite: true,
});
console.log('end');
