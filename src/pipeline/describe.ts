import { stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { type Finding, lintCtc } from '../exchange/index.ts';
import type { ModelReport } from '../model/index.ts';
import { type MovieInfo, openMovie } from '../read/index.ts';
import { loadResult, type RunFile, readEditLog, readRunFile, surveyFrames } from '../store/index.ts';
import { describeTracks, type TracksDescription } from './describeTracks.ts';
import { inspectModel, type ModelLimits } from './models.ts';
import type { Hooks } from './progress.ts';
import { summariseEdited } from './publish.ts';

export interface MovieDescription {
  kind: 'movie';
  info: MovieInfo;
}

export interface ModelDescription {
  kind: 'model';
  report: ModelReport;
}

export interface ResultDescription {
  kind: 'result';
  run: RunFile;
  /** Frames that are not segmented yet. */
  missing: number;
  /** Frames with chunks of the movie that did not decode and were taken as missing. */
  masked: number[];
  /** Candidates below the threshold in the others. */
  weak: number;
  /** What the user should know of the edits, one line each. */
  notes: string[];
}

/** A Cell Tracking Challenge folder, and which of the challenge's rules it breaks. */
export interface CtcDescription {
  kind: 'ctc';
  findings: Finding[];
}

export type Description =
  | MovieDescription
  | ModelDescription
  | ResultDescription
  | CtcDescription
  | TracksDescription;

/**
 * What `path` is: a result, a model, a Cell Tracking Challenge folder, other tracks, or a movie.
 *
 * @param limits for a model, which is run once
 * @throws the reason that it cannot be read
 */
export async function describe(
  path: string,
  limits: ModelLimits = {},
  hooks: Hooks = {},
): Promise<Description> {
  const run = await readRunFile(path);
  if (run !== null) {
    const { missing, masked, weak } = await surveyFrames(path, run.segmentKey, 0, run.movie.nFrames);
    const edited = await withEdits(path, run);
    return { kind: 'result', missing: missing.length, masked, weak, ...edited };
  }
  if (extname(path) === '.onnx' || (await exists(`${path}/model.onnx`))) {
    return { kind: 'model', report: await inspectModel(path, limits, hooks) };
  }
  if (await isCtcFolder(path)) return { kind: 'ctc', findings: await lintCtc(path) };
  const tracks = await describeTracks(path);
  if (tracks !== null) return tracks;
  const movie = await openMovie({ path });
  await movie.close();
  return { kind: 'movie', info: movie.info };
}

/** The run file with the numbers of the edited lineage, also where no table shows them yet. */
async function withEdits(folder: string, run: RunFile): Promise<Pick<ResultDescription, 'run' | 'notes'>> {
  const { entries, torn } = await readEditLog(folder, run.segmentKey);
  const notes = torn === null ? [] : [torn];
  if (run.summary === null || entries.length === 0) return { run, notes };
  const result = await loadResult(folder, run);
  return { run: { ...run, summary: summariseEdited(run, result, run.summary) }, notes };
}

async function isCtcFolder(path: string): Promise<boolean> {
  for (const name of ['res_track.txt', 'man_track.txt', 'TRA/man_track.txt']) {
    if (await exists(`${path}/${name}`)) return true;
  }
  return false;
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}
