import { execFileSync, type StdioOptions } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { packageRoot } from '../../src/codec/packageRoot.ts';
import { encodeTiff } from '../../src/codec/tiff/index.ts';
import { openMovie } from '../../src/read/index.ts';
import { parse } from '../ap.ts';
import { type Finish, race } from '../race.ts';
import { benchMovie } from '../ratio.ts';

const USAGE =
  'bench speed --python <the venv of bench/peers/setup.sh>/bin/python --out <folder> [--model <Keras folder>] [--movie <movie>] ' +
  '[--frames 50] [--rounds 1]';

interface Row {
  program: string;
  frames: number;
  objects: number;
  seconds: number;
  framesPerSecond: number;
  cpuSeconds: number;
  peakMb: number;
  /** Python's seconds over this program's. */
  faster: number;
}

/**
 * `morula segment` against StarDist in Python with the same weights on the same TIFF frames: whole process against
 * whole process, in turns. Python starts, imports, loads the model, reads the frames, runs `predict_instances` and
 * writes label TIFFs; morula starts, loads the imported model, reads the same frames and writes its result. Both use
 * all cores in their own way. The network has the size of `2D_versatile_fluo`, see `speed.py`.
 */
export async function run(args: readonly string[]): Promise<void> {
  const options = parse(args, USAGE);
  const [python, out] = [options.get('python'), options.get('out')];
  if (python === undefined || out === undefined) throw new Error(`usage: ${USAGE}`);
  const scratch = mkdtempSync(join(tmpdir(), 'morula-speed-'));
  try {
    const frames = Number(options.get('frames') ?? 50);
    const folder = join(scratch, 'frames');
    const size = await writeFrames(options.get('movie') ?? (await benchMovie('2d', 50)), frames, folder);
    const script = join(packageRoot(), 'bench', 'peers', 'speed.py');
    const main = join(packageRoot(), 'dist', 'src', 'cli', 'main.js');
    const keras = options.get('model') ?? widened(python, script, scratch);
    const imported = join(scratch, 'imported');
    execFileSync(process.execPath, [main, 'models', 'import', keras, '-o', imported, '--quiet'], QUIET);
    const rounds: Row[][] = [];
    for (let round = 0; round < Number(options.get('rounds') ?? 1); round++) {
      const labels = join(scratch, `labels-${round}`);
      const result = join(scratch, `result-${round}`);
      const job = [main, 'segment', folder, '-o', result, '--model', imported, '--device', 'cpu'];
      const found = await race([
        { title: 'StarDist in Python', command: python, args: [script, 'segment', keras, folder, labels] },
        { title: 'morula segment', command: process.execPath, args: [...job, '--json', '--quiet'] },
      ]);
      rounds.push(rowsOf(found as [Finish, Finish], frames));
    }
    rounds.sort((a, b) => a[1]!.faster - b[1]!.faster);
    write(out, rounds[rounds.length >> 1]!, rounds.length, size);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

const QUIET: { stdio: StdioOptions } = { stdio: ['ignore', 'ignore', 'inherit'] };

/** Writes the first frames of a movie as single TIFFs and says how large they are. */
async function writeFrames(path: string, count: number, folder: string): Promise<string> {
  mkdirSync(folder);
  const movie = await openMovie({ path });
  for (let t = 0; t < count; t++) {
    const { image } = await movie.readFrame(t % movie.info.nFrames);
    writeFileSync(join(folder, `t${String(t).padStart(3, '0')}.tif`), encodeTiff([image]));
  }
  await movie.close();
  return movie.info.shape.slice(1).join(' x ');
}

/** The small trained network of the fixtures, at the size of `2D_versatile_fluo`. */
function widened(python: string, script: string, scratch: string): string {
  const small = join(packageRoot(), 'test', 'fixtures', 'parity', 'nuclei-grid2');
  const wide = join(scratch, 'keras', 'versatile-size');
  execFileSync(python, [script, 'widen', small, wide], QUIET);
  return wide;
}

function rowsOf([python, morula]: [Finish, Finish], frames: number): Row[] {
  const line = /^\{.*\}$/m.exec(morula.stdout)?.[0] ?? '{}';
  const objects = [
    Number(/objects (\d+)/.exec(python.stdout)?.[1]),
    (JSON.parse(line) as { detections: number }).detections,
  ];
  return [python, morula].map(({ title, seconds, cpuSeconds, peakMb }, i) => ({
    program: title,
    frames,
    objects: objects[i]!,
    seconds,
    framesPerSecond: frames / seconds,
    cpuSeconds,
    peakMb,
    faster: python.seconds / seconds,
  }));
}

/** `speed.md` and `speed.json` in a folder, and the table on the screen. */
function write(out: string, rows: readonly Row[], rounds: number, size: string): void {
  const machine = `${availableParallelism()} cores of ${cpus()[0]?.model ?? 'an unknown processor'}`;
  const text = [
    `${size} pixels, ${machine}${rounds > 1 ? `, median of ${rounds} rounds` : ''}`,
    '',
    '| program | frames | objects | seconds | frames per second | CPU seconds | peak MB | times as fast as Python |',
    '|---|---|---|---|---|---|---|---|',
    ...rows.map(({ program, frames, objects, seconds, framesPerSecond, cpuSeconds, peakMb, faster }) =>
      [
        ...['', program, frames, objects, seconds.toFixed(1), framesPerSecond.toFixed(2)],
        ...[cpuSeconds.toFixed(1), peakMb.toFixed(0), faster.toFixed(2), ''],
      ]
        .join(' | ')
        .trim(),
    ),
  ].join('\n');
  console.log(text);
  mkdirSync(resolve(out), { recursive: true });
  writeFileSync(join(out, 'speed.md'), `${text}\n`);
  writeFileSync(join(out, 'speed.json'), `${JSON.stringify({ machine, size, rounds, rows }, null, 2)}\n`);
}
