import type { NdArray } from '../../array/index.ts';
import { MorulaError } from '../../errors/index.ts';
import { activate, type SemanticManifest, type SemanticSession } from '../../model/index.ts';
import type { Span } from '../frameOptions.ts';
import { floatsOf, type Scratch } from '../scratch.ts';
import type { AxisTile } from '../tiles.ts';
import { cutTile } from '../volumeTile.ts';
import { DISTANCE_STEPS, type InstanceMaps, PROB_STEPS } from './maps.ts';
import type { Size } from './neighbours.ts';
import type { MapsPlan } from './planMaps.ts';

/** Share of NaN among the outputs from which the model counts as broken. */
const MAX_NAN = 0.01;
const MOST = 2 ** 16 - 1;

/** Maps that a network needs of the whole frame: foreground, and inside, boundary and distance where they differ from it. */
export function countMaps(manifest: SemanticManifest): number {
  const { interior, boundary, distance } = needed(manifest);
  return 1 + Number(interior) + Number(boundary) + Number(distance);
}

function needed({
  classes,
  instances,
}: SemanticManifest): Record<'interior' | 'boundary' | 'distance', boolean> {
  return {
    interior: classes.includes('boundary'),
    boundary: classes.includes('boundary') && instances.mergeBelow !== null,
    distance: classes.includes('distance') && instances.seeds === 'distance',
  };
}

/** Maps of a frame in which the network saw nothing. */
export function emptyMaps(manifest: SemanticManifest, size: Size): InstanceMaps {
  const pixels = size[0] * size[1] * size[2];
  const { interior, boundary, distance } = needed(manifest);
  const foreground = new Uint16Array(pixels);
  return {
    foreground,
    interior: interior ? new Uint16Array(pixels) : foreground,
    boundary: boundary ? new Uint16Array(pixels) : null,
    distance: distance ? new Uint16Array(pixels) : null,
    distanceSteps: manifest.instances.distanceUnit === 'pixels' ? DISTANCE_STEPS : PROB_STEPS,
  };
}

/**
 * Runs a semantic network over a frame tile by tile, and keeps of each tile the part that has full context, rounded.
 * With a background and a boundary, foreground is all that is not background; else it is the class itself.
 *
 * @param inputs `[z, y, x]` or `[y, x]`, raw, one for each channel of the network
 * @param spans grey values that become 0 and 1 in each
 * @returns the maps and the milliseconds inside the runtime
 * @throws `invalid-data` when the network gives NaN
 */
export async function predictMaps(
  inputs: readonly NdArray[],
  spans: readonly Span[],
  size: Size,
  { tiles }: MapsPlan,
  session: SemanticSession,
  scratch: Scratch,
): Promise<{ maps: InstanceMaps; networkMs: number }> {
  const { manifest } = session;
  const maps = emptyMaps(manifest, size);
  let networkMs = 0;
  let nan = 0;
  for (const tz of tiles[0]) {
    for (const ty of tiles[1]) {
      for (const tx of tiles[2]) {
        const shape = [tz.length, ty.length, tx.length];
        const pixels = tz.length * ty.length * tx.length;
        const input = floatsOf(scratch, 'tile', inputs.length * pixels);
        for (const [c, { data }] of inputs.entries()) {
          const part = input.subarray(c * pixels, (c + 1) * pixels);
          cutTile(data, size, [tz, ty, tx], spans[c]![0], spans[c]![1], part);
        }
        const { planes, ms } = await session.run(input, manifest.ndim === 3 ? shape : shape.slice(1));
        networkMs += ms;
        activate(planes, manifest);
        nan += writeTile(maps, planes, manifest, [tz, ty, tx], size);
      }
    }
  }
  if (nan > MAX_NAN * maps.foreground.length)
    throw new MorulaError(
      'invalid-data',
      `segment: the network must give numbers, but ${nan} of ${maps.foreground.length} pixels are NaN; ` +
        'the model is damaged or not meant for such images',
    );
  return { maps, networkMs };
}

/** Writes the part of a tile that has full context; returns how many of its pixels are NaN. */
function writeTile(
  maps: InstanceMaps,
  planes: readonly Float32Array[],
  { classes }: SemanticManifest,
  [tz, ty, tx]: readonly [AxisTile, AxisTile, AxisTile],
  [depth, height, width]: Size,
): number {
  const inside = planes[classes.indexOf('foreground')]!;
  const rim = planes[classes.indexOf('boundary')];
  const outside = rim === undefined ? undefined : planes[classes.indexOf('background')];
  const length = planes[classes.indexOf('distance')];
  const separate = maps.interior !== maps.foreground;
  let nan = 0;
  for (let z = tz.from; z < Math.min(tz.to, depth); z++) {
    for (let y = ty.from; y < Math.min(ty.to, height); y++) {
      let to = (z * height + y) * width + tx.from;
      let from = ((z - tz.start) * ty.length + y - ty.start) * tx.length + tx.from - tx.start;
      for (let x = tx.from; x < Math.min(tx.to, width); x++, to++, from++) {
        const prob = outside === undefined ? inside[from]! : 1 - outside[from]!;
        if (Number.isNaN(prob)) nan++;
        maps.foreground[to] = stepsOf(prob, PROB_STEPS);
        if (separate) maps.interior[to] = stepsOf(inside[from]! - rim![from]!, PROB_STEPS);
        if (maps.boundary !== null) maps.boundary[to] = stepsOf(rim![from]!, PROB_STEPS);
        if (maps.distance !== null) maps.distance[to] = stepsOf(length![from]!, maps.distanceSteps);
      }
    }
  }
  return nan;
}

/** A value in steps, rounded, within what 16 bits hold; NaN is 0. */
function stepsOf(value: number, steps: number): number {
  const rounded = Math.round(value * steps);
  return rounded > 0 ? Math.min(MOST, rounded) : 0;
}
