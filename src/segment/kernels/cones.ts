import { f64At, need, setU32, u32At } from './memory';

/** `Cones` of cones.ts: where its columns lie. */
@unmanaged
export class Cones {
  nRays: i32;
  nFaces: i32;
  /** `nRays x 3`, `nRays`, `nFaces x 9`, `nFaces`: f64; and `nFaces x 3` ray numbers, u16. */
  vector: usize;
  stretch: usize;
  dual: usize;
  unitVolume: usize;
  face: usize;
  /** `nFaces x 3` f64; `nFaces + 1` u32; u16. */
  hull: usize;
  start: usize;
  neighbour: usize;
  /** Stretch of the axes. */
  az: f64;
  ay: f64;
  ax: f64;
  /** Half extents, and of each row of offsets where its runs begin, u32; the runs, see `fillPlane`. */
  rz: i32;
  ry: i32;
  rx: i32;
  rows: usize;
  runs: usize;
}

/** Cones without a table. */
export function openCones(
  nRays: i32,
  nFaces: i32,
  vector: usize,
  stretch: usize,
  dual: usize,
  unitVolume: usize,
  face: usize,
  hull: usize,
  start: usize,
  neighbour: usize,
  az: f64,
  ay: f64,
  ax: f64,
): usize {
  const cones = changetype<Cones>(need(offsetof<Cones>()));
  cones.nRays = nRays;
  cones.nFaces = nFaces;
  cones.vector = vector;
  cones.stretch = stretch;
  cones.dual = dual;
  cones.unitVolume = unitVolume;
  cones.face = face;
  cones.hull = hull;
  cones.start = start;
  cones.neighbour = neighbour;
  cones.az = az;
  cones.ay = ay;
  cones.ax = ax;
  return changetype<usize>(cones);
}

/** Gives cones their table. */
export function setTable(at: usize, rz: i32, ry: i32, rx: i32, rows: usize, runs: usize): void {
  const cones = changetype<Cones>(at);
  cones.rz = rz;
  cones.ry = ry;
  cones.rx = rx;
  cones.rows = rows;
  cones.runs = runs;
}

/** The triangle in a direction, found uphill from another one: the hull is convex, so the way has no dead end. */
export function walkTo(cones: Cones, from: i32, z: f64, y: f64, x: f64): i32 {
  const start = cones.start;
  const neighbour = cones.neighbour;
  let face = from;
  let best = facing(cones.hull, face, z, y, x);
  let k = u32At(start, face);
  let end = u32At(start, face + 1);
  while (k < end) {
    const other = load<u16>(neighbour + ((k as usize) << 1)) as i32;
    const value = facing(cones.hull, other, z, y, x);
    k++;
    if (value <= best) continue;
    best = value;
    face = other;
    k = u32At(start, face);
    end = u32At(start, face + 1);
  }
  return face;
}

function facing(hull: usize, face: i32, z: f64, y: f64, x: f64): f64 {
  return f64At(hull, 3 * face) * z + f64At(hull, 3 * face + 1) * y + f64At(hull, 3 * face + 2) * x;
}

/**
 * Finds the runs of offsets in one plane that lie in the same triangle's direction.
 *
 * @param z of the plane
 * @param from a triangle, where the search begins
 * @param ends `2 ry + 1` u32, overwritten: how many runs there are up to the end of each row
 * @param runs room for `(2 ry + 1) (2 rx + 1)` u32, overwritten: triangle times 2^16 plus the last offset + rx
 * @returns the last triangle
 */
export function fillPlane(at: usize, z: i32, ry: i32, rx: i32, from: i32, ends: usize, runs: usize): i32 {
  const cones = changetype<Cones>(at);
  let face = from;
  let n = 0;
  for (let y = -ry; y <= ry; y++) {
    for (let x = -rx; x <= rx; x++) {
      const last = face;
      face = walkTo(cones, face, z as f64, y as f64, x as f64);
      if (x > -rx && face !== last) n++;
      setU32(runs, n, (face << 16) | (x + rx));
    }
    setU32(ends, y + ry, ++n);
  }
  return face;
}
