import type { Context } from './context.ts';
import type { Measured } from './measure.ts';
import { type Cell, rounded, type Section } from './table.ts';

/** A row of a linking part: `set`, `program`, `settings` where a program has several, and figures. */
export type Row = Record<string, Cell>;

/** Whether a program (`laptrack documented`) is among those that `--programs` names. */
export function asked({ programs }: Context, title: string): boolean {
  return programs.length === 0 || programs.some((start) => title.startsWith(start));
}

/** The rows of this run and, where it leaves out sets or programs, those of earlier runs, sets together. */
export function withEarlier({ earlier }: Context, { part, rows }: Section): Row[] {
  const key = ({ set, program, settings }: Row): string =>
    `${set} ${program} ${String(settings).split(' ')[0]}`;
  const fresh = new Set(rows.map(key));
  const all = [...(earlier.get(part)?.rows ?? []).filter((old) => !fresh.has(key(old))), ...rows];
  const sets = [...new Set(all.map(({ set }) => set))];
  const at = ({ set, program }: Row): number => sets.indexOf(set) * 2 + (program === 'morula' ? 0 : 1);
  return all.sort((a, b) => at(a) - at(b));
}

/** What the table says of how a run ended: a note of the program, its complaint, or the limit that it passed. */
export function endedWords({ limits }: Context, run: Measured): string {
  if (run.ended === 'done') return /^note (.*)$/m.exec(run.stdout)?.[1] ?? '';
  if (run.ended === 'failed') return `failed: ${run.complaint.slice(0, 120)}`;
  const [limit, clock] =
    run.cpuSeconds > limits.cpuSeconds
      ? [limits.cpuSeconds, 'of processor time']
      : [limits.seconds, 'by the clock, on a busy machine'];
  return `did not finish in ${rounded(limit / 60, 1)} min ${clock}`;
}
