import { createRandom } from '../../src/array/index.ts';
import { blurAxis, blurPlane, blurWide, gaussianKernel } from './blur.ts';
import { streamSeed } from './streams.ts';
import type { SimulationOptions } from './types.ts';

/** Side of the blocks, pixels, on which the out-of-focus glow is computed. */
const HAZE_STEP = 4;
/** Relative swing of the medium's light over the field. */
const MOTTLE = 0.2;

/**
 * What the camera records of a scene: light is lost with depth, blurred by the point spread function (wider with
 * depth), joined by an out-of-focus glow and the medium's light, weighted by the uneven illumination and bleached;
 * then photons are counted and read. `light` is overwritten.
 *
 * @param light `[z, y, x]` flat, 1 = mean interphase nucleus
 * @returns `[z, y, x]` flat, grey values
 */
export function expose(light: Float32Array, t: number, options: SimulationOptions): Uint16Array {
  const { shape, voxelSize, optics } = options;
  const [nz, ny, nx] = shape;
  const area = ny * nx;
  const scratch = new Float32Array(nz > 1 ? light.length : area);
  for (let z = 0; z < nz; z++) {
    const depth = z * voxelSize[0];
    const plane = light.subarray(z * area, (z + 1) * area);
    if (Number.isFinite(optics.attenuationDepth)) scale(plane, Math.exp(-depth / optics.attenuationDepth));
    const sigma = Math.hypot(optics.psf[1], optics.depthBlur * depth) / voxelSize[1];
    blurPlane(plane, scratch.subarray(0, area), ny, nx, sigma);
  }
  if (nz > 1) {
    const kernel = gaussianKernel(optics.psf[0] / voxelSize[0]);
    blurAxis(light, scratch, { groups: 1, length: nz, width: area }, kernel);
    light.set(scratch);
  }
  for (let z = 0; z < nz; z++) addHaze(light.subarray(z * area, (z + 1) * area), options);
  return countPhotons(light, t, options);
}

function scale(data: Float32Array, factor: number): void {
  for (let i = 0; i < data.length; i++) data[i] *= factor;
}

function addHaze(plane: Float32Array, { shape, voxelSize, optics }: SimulationOptions): void {
  if (optics.haze === 0) return;
  const haze = blurWide(plane, shape[1], shape[2], optics.hazeWidth / voxelSize[1], HAZE_STEP);
  for (let i = 0; i < plane.length; i++) plane[i] = (1 - optics.haze) * plane[i] + 2 * optics.haze * haze[i];
}

/**
 * Shot noise of the photons (Poisson, its normal approximation above 30) and read noise (normal), as grey values.
 * The random stream is the frame's own.
 */
function countPhotons(light: Float32Array, t: number, options: SimulationOptions): Uint16Array {
  const { optics, shape } = options;
  const random = createRandom(streamSeed(options.seed, 'noise', t));
  const { bright, medium } = fieldOf(options);
  const fade = optics.bleachFloor + (1 - optics.bleachFloor) * Math.exp(-t / optics.bleachFrames);
  const area = shape[1] * shape[2];
  const image = new Uint16Array(light.length);
  for (let i = 0; i < light.length; i++) {
    const at = i % area;
    const mean = optics.photons * bright[at] * (fade * light[i] + medium[at]);
    const photons = mean > 30 ? mean + Math.sqrt(mean) * random.normal() : poissonAt(random.uniform(), mean);
    const grey = optics.offset + optics.gain * photons + optics.readNoise * random.normal();
    image[i] = Math.max(0, Math.min(65_535, Math.round(grey)));
  }
  return image;
}

/** The Poisson quantile of `u` in [0, 1) by sequential search: one random number a pixel. */
function poissonAt(u: number, mean: number): number {
  let k = 0;
  let share = Math.exp(-mean);
  for (let rest = u - share; rest >= 0 && k < 200; rest -= share) share *= mean / ++k;
  return k;
}

/** Illumination (1 at its brightest) and the medium's light of every pixel of a plane; the same in all frames. */
function fieldOf({ seed, shape, optics }: SimulationOptions): { bright: Float32Array; medium: Float32Array } {
  const [, ny, nx] = shape;
  const random = createRandom(streamSeed(seed, 'field'));
  const [cy, cx] = [0.5 + 0.12 * random.normal(), 0.5 + 0.12 * random.normal()];
  const wave = (length: number): Float64Array => {
    const phase = 2 * Math.PI * random.uniform();
    const number = 2 * Math.PI * (0.6 + random.uniform());
    return Float64Array.from({ length }, (_, i) => Math.cos((number * i) / length + phase));
  };
  const [wy, wx] = [wave(ny), wave(nx)];
  const bright = new Float32Array(ny * nx);
  const medium = new Float32Array(ny * nx);
  for (let y = 0; y < ny; y++) {
    for (let x = 0; x < nx; x++) {
      const off = 2 * ((y / ny - cy) ** 2 + (x / nx - cx) ** 2);
      bright[y * nx + x] = 1 - optics.vignette * Math.min(1, off);
      medium[y * nx + x] = optics.background * (1 + MOTTLE * wy[y] * wx[x]);
    }
  }
  return { bright, medium };
}
