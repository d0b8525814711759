// `node segmentOnce.mjs <json>`: one call of the built `segmentMovie` between the lines `begin` and `end`. Plain JavaScript,
// since the engine's process and threads would load a compiler too if this one did.
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const wish = JSON.parse(process.argv[2]);
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { segmentMovie } = await import(
  pathToFileURL(join(root, 'dist', 'src', 'pipeline', 'index.js')).href
);
console.log('begin');
await segmentMovie({
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
