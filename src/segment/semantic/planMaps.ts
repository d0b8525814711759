import type { SemanticManifest } from '../../model/index.ts';
import { BASE, tilesWithin, type VolumePlan } from '../planVolume.ts';
import type { Size } from './neighbours.ts';

/** How a frame is cut for a semantic network, and the bytes that segmenting it takes. */
export interface MapsPlan {
  /** Tiles of the axes z, y and x; every combination is run. */
  tiles: VolumePlan['tiles'];
  bytes: number;
}

/** Most pixels of one run on a plane: more are no faster. */
const MAX_TILE_PIXELS = 1024 * 1024;
/** Bytes a pixel that telling objects apart takes beside the maps: masks, distances, heights, the flood's queue. */
const DECODE_BYTES = 20;
const LABEL_BYTES = 4;
const MAP_BYTES = 2;
/** A pixel of a tile, beside what the runtime takes. */
const TILE_BYTES = 4;

/**
 * Tiles that keep segmenting a frame within a budget. The frame, its labels and maps cannot be cut: where they leave
 * too little, the smallest tiles are taken and `bytes` says what is needed.
 *
 * @param frameBytes size of all channels
 * @param nMaps maps that are kept of the whole frame
 * @param memory budget, bytes
 */
export function planMaps(
  size: Size,
  manifest: SemanticManifest,
  frameBytes: number,
  nMaps: number,
  memory: number,
): MapsPlan {
  const pixels = size[0] * size[1] * size[2];
  const fixed = frameBytes + BASE + pixels * (LABEL_BYTES + DECODE_BYTES + nMaps * MAP_BYTES);
  const perPixel = manifest.bytesPerVoxel + TILE_BYTES * manifest.channels;
  const room = Math.max(0, memory - fixed) / perPixel;
  const { divisibleBy, halo, fixedSize, ndim } = manifest;
  const rules = {
    grid: [1, 1, 1] as const,
    divisibleBy: threeAxes(divisibleBy, 1),
    halo: threeAxes(halo, 0),
    fixedSize: fixedSize === null ? null : threeAxes(fixedSize, 1),
  };
  const tiles = tilesWithin(size, rules, ndim === 2 ? Math.min(room, MAX_TILE_PIXELS) : room);
  const tile = tiles.reduce((product, [first]) => product * first!.length, 1);
  return { tiles, bytes: fixed + tile * perPixel };
}

function threeAxes(values: readonly number[], first: number): Size {
  const [a, b, c] = values as [number, number, number | undefined];
  return c === undefined ? [first, a, b] : [a, b, c];
}
