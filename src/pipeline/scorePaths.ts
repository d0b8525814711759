import type { CtcTracks, Tracks } from '../exchange/index.ts';
import { readTracks } from '../exchange/index.ts';
import {
  fromCtc,
  fromLineage,
  fromLinks,
  type ScoreInput,
  type ScoreOptions,
  type Scores,
  type SegImage,
  scoreTracks,
} from '../score/index.ts';
import { loadResult, openResult, readRunFile } from '../store/index.ts';
import type { Hooks } from './progress.ts';

interface Side {
  input: ScoreInput;
  /** `[z, y, x]` micrometres, where the side knows it. */
  voxelSize: readonly [number, number, number] | null;
  /** About how many nodes there are in all, where the file says so. */
  estimatedNodes?: number;
}

export type ScorePathsOptions = Pick<
  ScoreOptions,
  'matchDistance' | 'fieldOfInterest' | 'sparse' | 'estimatedNodes'
>;

/**
 * Scores a result against a truth; each may be a morula result, a Cell Tracking Challenge folder, a GEFF or a points
 * CSV.
 *
 * @param matchDistance points: micrometres, or the files' unit; undefined = half the truth's median spacing
 * @param fieldOfInterest pixels, see `ScoreOptions`
 * @param sparse the truth holds some cells alone; `estimatedNodes` undefined = what the truth itself says
 */
export async function scorePaths(
  result: string,
  truth: string,
  { matchDistance, fieldOfInterest, sparse, estimatedNodes }: ScorePathsOptions = {},
  hooks: Hooks = {},
): Promise<Scores> {
  const ours = await openSide(result);
  const theirs = await openSide(truth);
  const voxelSize = ours.voxelSize ?? theirs.voxelSize;
  const estimate = estimatedNodes ?? theirs.estimatedNodes;
  return scoreTracks(theirs.input, ours.input, {
    onProgress: (done, total) => hooks.onProgress?.({ stage: 'scoring', done, total, unit: 'frames' }),
    ...(voxelSize === null ? {} : { voxelSize }),
    ...(matchDistance === undefined ? {} : { matchDistance }),
    ...(fieldOfInterest === undefined ? {} : { fieldOfInterest }),
    ...(sparse === true ? { sparse } : {}),
    ...(estimate === undefined ? {} : { estimatedNodes: estimate }),
    ...(hooks.signal === undefined ? {} : { signal: hooks.signal }),
  });
}

async function openSide(path: string): Promise<Side> {
  if ((await readRunFile(path)) !== null) return openResultSide(path);
  const tracks = await readTracks(path);
  return 'toTracks' in tracks ? ctcSide(tracks) : tracksSide(tracks);
}

async function openResultSide(folder: string): Promise<Side> {
  const run = await openResult(folder);
  const { lineage, labels } = await loadResult(folder, run);
  const masks = run.hasLabels ? (t: number) => labels(t) : undefined;
  return {
    input: fromLineage(lineage, masks, { nFrames: run.movie.nFrames }),
    voxelSize: run.movie.voxelSize,
  };
}

function tracksSide(tracks: Tracks): Side {
  const masks = tracks.labelImage?.bind(tracks);
  return {
    input: fromLinks(tracks.detections, tracks.links, masks, { nFrames: tracks.nFrames }),
    voxelSize: tracks.voxelSize ?? null,
    ...(tracks.estimatedNodes === undefined ? {} : { estimatedNodes: tracks.estimatedNodes }),
  };
}

function ctcSide(ctc: CtcTracks): Side {
  const table = {
    label: ctc.tracks.map((track) => track.id),
    begin: ctc.tracks.map((track) => track.begin),
    end: ctc.tracks.map((track) => track.end),
    parent: ctc.tracks.map((track) => track.parent),
  };
  const extras = { nFrames: ctc.nFrames, ...segTruth(ctc) };
  return { input: fromCtc(table, (t) => ctc.masks(t), extras), voxelSize: null };
}

/** A truth's markers are no outlines: SEG comes from its SEG folder or not at all. Other layouts hold whole cells. */
function segTruth(ctc: CtcTracks): Pick<ScoreInput, 'seg'> {
  if (ctc.layout !== 'truth') return { seg: 'masks' };
  if (ctc.segFiles.length === 0) return {};
  return {
    seg: async function* (): AsyncIterable<SegImage> {
      for (const file of ctc.segFiles) yield { t: file.t, z: file.z, image: await ctc.seg(file) };
    },
  };
}
