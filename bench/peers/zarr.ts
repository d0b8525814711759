import { cpSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Context, interpreter, script, wanted } from './context.ts';
import { type Measured, measure } from './measure.ts';
import { type Cell, rounded, type Section } from './table.ts';

const MOVIE = 'hela-01.ome.zarr';

/** Reading and writing a movie frame by frame: zarr-python and morula's own reader and writer. */
export async function zarrPart(context: Context, report: (section: Section) => void): Promise<void> {
  const section: Section = { part: 'zarr', title: 'Reading and writing zarr', notes: [...NOTES], rows: [] };
  const path = join(context.data, MOVIE);
  const python = interpreter(context, 'tracking');
  if (!wanted(context, MOVIE, path)) return;
  // A copy, so that the first reader does not pay for the disk.
  const array = join(context.work, 'source.zarr');
  cpSync(join(path, '0'), array, { recursive: true });
  const node = [...process.execArgv, script('zarrOnce.ts')];
  const programs: [string, string, string[]][] = [['morula', process.execPath, node]];
  if (python !== null) programs.push(['zarr-python', python, [script('zarrOnce.py')]]);
  for (const what of ['read', 'copy']) {
    const sums = new Set<string>();
    for (const [program, command, args] of programs) {
      const target = join(context.work, `${what}-${program}.zarr`);
      const run = await measure(command, [...args, what, array, target], context.limits);
      sums.add(/^sum (\d+)$/m.exec(run.stdout)?.[1] ?? program);
      section.rows.push(row(program, what, run, what === 'copy' ? target : array));
    }
    if (sums.size > 1)
      section.notes.push(`${what}: the programs read different pixels: ${[...sums].join(', ')}`);
    report(section);
  }
}

const NOTES = [
  `${MOVIE}, one frame at a time; the copy is zarr 3 with the same chunks and zstd, level 3 by zarr-python (its default) and 2 by morula, whose level 3 gives more bytes. Seconds and processor seconds from opening to the last frame, without the start of Node or Python; peak memory of the process (morula's runs under tsx here). All programs found the same sum of every 61st pixel unless a line says otherwise.`,
];

function row(program: string, what: string, run: Measured, path: string): Record<string, Cell> {
  const done = run.ended === 'done';
  return {
    program,
    what: what === 'copy' ? 'read and write' : 'read',
    seconds: rounded(run.innerSeconds, 1),
    'CPU s': rounded(run.innerCpuSeconds, 2),
    'peak MB': rounded(run.peakMb, 0),
    'MB on disk': done ? rounded(megabytes(path), 1) : null,
    remark: done ? '' : `${run.ended}: ${run.complaint.slice(0, 120)}`,
  };
}

function megabytes(folder: string): number {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => statSync(join(folder, name)))
    .reduce((sum, entry) => sum + (entry.isFile() ? entry.size : 0) / 1e6, 0);
}
