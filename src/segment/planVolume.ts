import type { Triple, VolumeManifest } from '../model/index.ts';
import { candidateBytes } from './candidates3d.ts';
import { type AxisTile, planTiles, tilesOfLength } from './tiles.ts';

/** How a volume is cut for the network, and the memory that goes with it. */
export interface VolumePlan {
  /** Tiles of the axes z, y and x; every combination is run. */
  tiles: readonly [AxisTile[], AxisTile[], AxisTile[]];
  /** Candidates held at once; of more, only those better than their neighbours. */
  maxCandidates: number;
  /** Bytes at the peak, by what they are for; `total` is their sum. */
  bytes: { frame: number; labels: number; base: number; network: number; candidates: number; total: number };
}

/** What decides the tiles of a network for volumes. */
type TileRules = Pick<VolumeManifest, 'divisibleBy' | 'grid' | 'halo' | 'fixedSize'>;

/** Default of the budget: a 64 x 1024 x 1024 frame of 16 bits fits, with its labels. */
export const DEFAULT_MEMORY = 2e9;
/** Node, ONNX Runtime and a model at rest, measured. */
export const BASE = 150e6;
/** A tile of the network's input, beside what the runtime takes, for each channel. */
const TILE_BYTES = 4;
/** Share of what the frame leaves that candidates may take at most. */
const CANDIDATE_SHARE = 0.2;
/** Candidates that must find room even where the frame alone fills the budget. */
const MIN_CANDIDATES = 100_000;

/**
 * Tiles that keep the segmentation of a volume within a budget, with the least work for the network: among all
 * numbers of tiles along each axis, the ones that compute the fewest voxels, overlaps counted. The frame and its
 * labels are counted but cannot be cut: where they leave too little, the smallest tiles are taken and `bytes.total`
 * says what is needed. Objects and survivors (some kilobytes an object) are not counted.
 *
 * @param shape voxels `[z, y, x]`
 * @param frameBytes size of all channels
 * @param memory budget, bytes
 * @param seen the volume that the network sees, where it is resized
 */
export function planVolume(
  shape: Triple,
  manifest: VolumeManifest,
  frameBytes: number,
  memory: number,
  seen: Triple = shape,
): VolumePlan {
  const voxels = shape[0] * shape[1] * shape[2];
  const labels = 4 * voxels;
  const free = Math.max(0, memory - frameBytes - labels - BASE);
  const perCandidate = candidateBytes(manifest.nRays);
  const gridPositions = seen.reduce((product, n, axis) => product * Math.ceil(n / manifest.grid[axis]), 1);
  const affordable = Math.max(MIN_CANDIDATES, Math.floor((CANDIDATE_SHARE * free) / perCandidate));
  const maxCandidates = Math.min(gridPositions, affordable);
  const candidates = Math.ceil(maxCandidates * perCandidate);
  const perVoxel = manifest.bytesPerVoxel + TILE_BYTES * manifest.channels;
  const tiles = tilesWithin(seen, manifest, (free - candidates) / perVoxel);
  const network = Math.ceil(perVoxel * tiles.reduce((product, [tile]) => product * tile.length, 1));
  const total = frameBytes + labels + BASE + network + candidates;
  return {
    tiles,
    maxCandidates,
    bytes: { frame: frameBytes, labels, base: BASE, network, candidates, total },
  };
}

/** The tiles of least work among those of at most `maxVoxels`; the smallest ones where none is that small. */
export function tilesWithin(shape: Triple, manifest: TileRules, maxVoxels: number): VolumePlan['tiles'] {
  const choices = [0, 1, 2].map((axis) => axisChoices(shape[axis], manifest, axis));
  let best: VolumePlan['tiles'] | null = null;
  let least = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (const z of choices[0])
    for (const y of choices[1])
      for (const x of choices[2]) {
        const size = z[0].length * y[0].length * x[0].length;
        const work = size * z.length * y.length * x.length;
        const rank = [Math.max(0, size - maxVoxels), work];
        if (rank[0] > least[0] || (rank[0] === least[0] && rank[1] >= least[1])) continue;
        least = rank;
        best = [z, y, x];
      }
  return best as VolumePlan['tiles'];
}

/** All ways to cut one axis, the whole axis first. */
function axisChoices(
  size: number,
  { divisibleBy, grid, halo, fixedSize }: TileRules,
  axis: number,
): AxisTile[][] {
  const g = grid[axis];
  if (fixedSize) {
    const length = fixedSize[axis];
    const overlap = Math.min(Math.ceil(halo[axis] / g) * g, Math.floor((length - g) / 2 / g) * g);
    return [tilesOfLength(Math.max(Math.ceil(size / g) * g, length), length, overlap)];
  }
  const block = divisibleBy[axis];
  const padded = Math.ceil(size / block) * block;
  const overlap = Math.ceil(halo[axis] / block);
  const choices: AxisTile[][] = [];
  for (let count = 1; ; count++) {
    const tiles = planTiles(padded, count, block, overlap);
    if (tiles[0].length !== choices.at(-1)?.[0].length) choices.push(tiles);
    if (tiles[0].length <= (2 * overlap + 1) * block || tiles[0].length === block) return choices;
  }
}
