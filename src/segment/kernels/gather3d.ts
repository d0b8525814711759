import { f32At, need, setF32, setU32, u32At } from './memory';

/** Steps in [0, 1], see candidates.ts. */
const PROB_STEPS: f64 = 1048576;
/** Steps of a voxel in ray lengths and the longest of them, see candidates3d.ts. */
const DIST_STEPS: f32 = 512;
const MAX_STEPS = 127 * 512;

/** A probability in steps. */
function stepsOf(prob: f32): f64 {
  return floor((prob as f64) * PROB_STEPS + 0.5);
}

/**
 * Sorts places by their rounded prob: over `most` to `over`, in (floor, most] at the start of `hits`.
 *
 * @param hits,over `count` u32
 * @param found overwritten: how many stay in `hits` and how many are over, i32
 */
export function splitByProb(
  prob: usize,
  hits: usize,
  count: i32,
  floor: f64,
  most: f64,
  over: usize,
  found: usize,
): void {
  let kept = 0;
  let high = 0;
  for (let j = 0; j < count; j++) {
    const place = u32At(hits, j);
    const rounded = stepsOf(f32At(prob, place)) / PROB_STEPS;
    if (rounded > most) setU32(over, high++, place);
    else if (rounded > floor) setU32(hits, kept++, place);
  }
  store<i32>(found, kept);
  store<i32>(found, high, 4);
}

/** An output's grid, and the part of it where centres are taken: what peaks are compared with. */
@unmanaged
export class Field {
  prob: usize;
  height: i32;
  width: i32;
  /** First and last position along each axis. */
  z0: i32;
  z1: i32;
  y0: i32;
  y1: i32;
  x0: i32;
  x1: i32;
}

/** @param prob f32, C order */
export function openField(
  prob: usize,
  height: i32,
  width: i32,
  z0: i32,
  z1: i32,
  y0: i32,
  y1: i32,
  x0: i32,
  x1: i32,
): usize {
  const field = changetype<Field>(need(offsetof<Field>()));
  field.prob = prob;
  field.height = height;
  field.width = width;
  field.z0 = z0;
  field.z1 = z1;
  field.y0 = y0;
  field.y1 = y1;
  field.x0 = x0;
  field.x1 = x1;
  return changetype<usize>(field);
}

/**
 * Tells which of some places in one plane are better than the up to 26 around them where centres are taken.
 *
 * @param hits `count` places, u32
 * @param peaks `count` u8, overwritten: 1 or 0
 * @returns how many are
 */
export function findPeaks3d(at: usize, z: i32, hits: usize, count: i32, peaks: usize): i32 {
  const field = changetype<Field>(at);
  const width = field.width;
  const plane = z * field.height * width;
  let found = 0;
  for (let j = 0; j < count; j++) {
    const own: i32 = u32At(hits, j);
    const y = (own - plane) / width;
    const peak = isPeak(field, own, z, y, own - plane - y * width) ? 1 : 0;
    store<u8>(peaks + (j as usize), peak as u8);
    found += peak;
  }
  return found;
}

/** Whether no place around is better; of equals the later one is. */
function isPeak(field: Field, own: i32, z: i32, y: i32, x: i32): bool {
  const prob = field.prob;
  const best = stepsOf(f32At(prob, own));
  const left = max(field.x0, x - 1) - x;
  const right = min(field.x1, x + 1) - x;
  for (let nz = max(field.z0, z - 1); nz <= min(field.z1, z + 1); nz++)
    for (let ny = max(field.y0, y - 1); ny <= min(field.y1, y + 1); ny++) {
      const beside = own + ((nz - z) * field.height + ny - y) * field.width;
      for (let i = beside + left; i <= beside + right; i++) {
        const other = stepsOf(f32At(prob, i));
        if (other > best || (other === best && i > own)) return false;
      }
    }
  return true;
}

/** Keeps the places that are peaks, at the start of `hits` and `peaks`; returns how many. */
export function keepFlagged(hits: usize, peaks: usize, count: i32): i32 {
  let kept = 0;
  for (let j = 0; j < count; j++) {
    if (load<u8>(peaks + (j as usize)) === 0) continue;
    store<u8>(peaks + (kept as usize), 1);
    setU32(hits, kept++, u32At(hits, j));
  }
  return kept;
}

/**
 * Probabilities, on their steps, and places in the frame's grid of some places of one plane.
 *
 * @param first place in the frame's grid of the output's place 0 of that plane
 * @param plane the output's first place of it
 * @param frameWidth columns of the frame's grid
 * @param probs,index `count` f32 and u32
 */
export function gatherColumns3d(
  at: usize,
  hits: usize,
  count: i32,
  plane: i32,
  first: i32,
  frameWidth: i32,
  probs: usize,
  index: usize,
): void {
  const field = changetype<Field>(at);
  for (let j = 0; j < count; j++) {
    const own: i32 = u32At(hits, j);
    const y = (own - plane) / field.width;
    setF32(probs, j, (stepsOf(f32At(field.prob, own)) / PROB_STEPS) as f32);
    setU32(index, j, first + y * frameWidth + own - plane - y * field.width);
  }
}

/** Puts ray lengths on their steps: n f32 to n u16; what is not a positive number becomes the shortest length. */
export function stepRays(dist: usize, n: i32, out: usize): void {
  let i = 0;
  for (; i + 7 < n; i += 8) {
    const at = dist + ((i as usize) << 2);
    v128.store(
      out + ((i as usize) << 1),
      i16x8.narrow_i32x4_u(stepsOfFour(v128.load(at)), stepsOfFour(v128.load(at, 16))),
    );
  }
  for (; i < n; i++) {
    const steps = floor((f32At(dist, i) as f64) * (DIST_STEPS as f64) + 0.5);
    store<u16>(out + ((i as usize) << 1), steps >= 1 ? (min(steps, MAX_STEPS as f64) as u16) : 1);
  }
}

/** Half a step or more above a whole one: one step up. Nothing of this is rounded in float32. */
function stepsOfFour(voxels: v128): v128 {
  const exact = f32x4.mul(voxels, f32x4.splat(DIST_STEPS));
  const whole = f32x4.floor(exact);
  const up = f32x4.ge(f32x4.sub(exact, whole), f32x4.splat(0.5));
  const steps = i32x4.sub(i32x4.trunc_sat_f32x4_s(whole), up);
  return i32x4.min_s(i32x4.max_s(steps, i32x4.splat(1)), i32x4.splat(MAX_STEPS));
}

/**
 * The rows of some places among those of more, on their steps: both in ascending order, so that one walk finds them all.
 *
 * @param dist,at `[..., nRays]` f32, and the place of each row, i32
 * @param out `count x nRays` u16
 */
export function stepRows(dist: usize, at: usize, nRays: i32, hits: usize, count: i32, out: usize): void {
  let row: usize = 0;
  for (let j = 0; j < count; j++) {
    const wanted = u32At(hits, j);
    while (load<u32>(at + (row << 2)) < wanted) row++;
    stepRays(dist + ((row * (nRays as usize)) << 2), nRays, out + (((j as usize) * (nRays as usize)) << 1));
  }
}
