import type { NdArray } from '../../array/index.ts';

/** Objects of one label frame, columns sorted by label; positions in pixels (pixel centres are whole numbers). */
export interface MaskObjects {
  count: number;
  label: Uint32Array;
  z: Float64Array;
  y: Float64Array;
  x: Float64Array;
  /** Pixels or voxels. */
  size: Float64Array;
  /** 1 if the object touches the image's border (in 3D also the first and last plane). */
  border: Uint8Array;
}

/** Sums per label that `measureMask` reuses from frame to frame; they grow with the largest label. */
export interface MeasureScratch {
  z: Float64Array;
  y: Float64Array;
  x: Float64Array;
  size: Float64Array;
  border: Uint8Array;
}

/** Scratch for labels below `capacity`. */
export function createMeasureScratch(capacity = 1024): MeasureScratch {
  const sums = (): Float64Array => new Float64Array(capacity);
  return { z: sums(), y: sums(), x: sums(), size: sums(), border: new Uint8Array(capacity) };
}

function grow(scratch: MeasureScratch, label: number): void {
  if (label < scratch.size.length) return;
  const larger = createMeasureScratch(2 ** Math.ceil(Math.log2(label + 1)));
  larger.z.set(scratch.z);
  larger.y.set(scratch.y);
  larger.x.set(scratch.x);
  larger.size.set(scratch.size);
  larger.border.set(scratch.border);
  Object.assign(scratch, larger);
}

/** Centroids and sizes of a label frame, in O(pixels). `scratch` must be as it was made or left by this function. */
export function measureMask(frame: NdArray, scratch: MeasureScratch): MaskObjects {
  const [nz, ny, nx] = frame.shape.length === 3 ? frame.shape : [1, ...frame.shape];
  const flat = frame.shape.length === 2;
  const { data } = frame;
  const found: number[] = [];
  let at = 0;
  for (let z = 0; z < nz; z++) {
    const edgeZ = !flat && (z === 0 || z === nz - 1);
    for (let y = 0; y < ny; y++) {
      const edgeY = edgeZ || y === 0 || y === ny - 1;
      for (let x = 0; x < nx; x++, at++) {
        const label = data[at];
        if (label <= 0) continue;
        if (label >= scratch.size.length) grow(scratch, label);
        if (scratch.size[label] === 0) found.push(label);
        scratch.size[label]++;
        scratch.z[label] += z;
        scratch.y[label] += y;
        scratch.x[label] += x;
        if (edgeY || x === 0 || x === nx - 1) scratch.border[label] = 1;
      }
    }
  }
  return collect(scratch, found);
}

/** Takes the sums of `found` out of the scratch and clears them. */
function collect(scratch: MeasureScratch, found: number[]): MaskObjects {
  const label = Uint32Array.from(found).sort();
  const column = (): Float64Array => new Float64Array(label.length);
  const out: MaskObjects = {
    count: label.length,
    label,
    z: column(),
    y: column(),
    x: column(),
    size: column(),
    border: new Uint8Array(label.length),
  };
  for (let i = 0; i < label.length; i++) {
    const at = label[i];
    const size = scratch.size[at];
    out.z[i] = scratch.z[at] / size;
    out.y[i] = scratch.y[at] / size;
    out.x[i] = scratch.x[at] / size;
    out.size[i] = size;
    out.border[i] = scratch.border[at];
    scratch.z[at] = scratch.y[at] = scratch.x[at] = scratch.size[at] = scratch.border[at] = 0;
  }
  return out;
}
