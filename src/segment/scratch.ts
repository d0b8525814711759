import { type Candidates, createCandidates } from './candidates.ts';
import { type Cones, createCones } from './cones.ts';
import { goldenSpiral } from './rays3d.ts';

/** Buffers that one thread keeps from frame to frame. A result that lies in them is valid until the next frame. */
export interface Scratch {
  /** Normalised frame before it is resized. */
  normalised: Float32Array;
  /** The network's input, padded. */
  padded: Float32Array;
  tile: Float32Array;
  labels: Uint32Array<ArrayBuffer>;
  candidates: Candidates;
  /** Candidates below the threshold. */
  weak: Candidates;
  /** Of the last 3D network; null before the first. */
  cones: Cones | null;
}

/** Empty buffers; they grow with the frames. */
export function createScratch(): Scratch {
  return {
    normalised: new Float32Array(0),
    padded: new Float32Array(0),
    tile: new Float32Array(0),
    labels: new Uint32Array(0),
    candidates: createCandidates(0, 0),
    weak: createCandidates(0, 0),
    cones: null,
  };
}

/** `length` floats of a buffer of the scratch; contents undefined. */
export function floatsOf(
  scratch: Scratch,
  name: 'normalised' | 'padded' | 'tile',
  length: number,
): Float32Array {
  if (scratch[name].length < length) scratch[name] = new Float32Array(length);
  return scratch[name].subarray(0, length);
}

/** `length` labels, contents undefined. A new array when the last one went to another thread or had another size. */
export function labelsOf(scratch: Scratch, length: number): Uint32Array<ArrayBuffer> {
  if (scratch.labels.length !== length) scratch.labels = new Uint32Array(length);
  return scratch.labels;
}

/** The candidate table, emptied. */
export function candidatesOf(scratch: Scratch, nRays: number): Candidates {
  return emptied(scratch, 'candidates', nRays);
}

/** The table of candidates below the threshold, emptied. */
export function weakOf(scratch: Scratch, nRays: number): Candidates {
  return emptied(scratch, 'weak', nRays);
}

function emptied(scratch: Scratch, name: 'candidates' | 'weak', nRays: number): Candidates {
  if (scratch[name].nRays !== nRays || scratch[name].prob.length === 0)
    scratch[name] = createCandidates(nRays);
  scratch[name].count = 0;
  return scratch[name];
}

/** The cones of a 3D network's rays, made anew only when the network changes. */
export function conesOf(
  scratch: Scratch,
  nRays: number,
  anisotropy: readonly [number, number, number],
): Cones {
  const rays = scratch.cones?.rays;
  if (!scratch.cones || rays?.nRays !== nRays || rays.anisotropy.join() !== anisotropy.join())
    scratch.cones = createCones(goldenSpiral(nRays, anisotropy));
  return scratch.cones;
}
