import { createRandom } from '../../src/array/index.ts';

/**
 * The lasting look of one nucleus in its own frame (u, v, w), where the surface of the undeformed nucleus is the unit
 * sphere. It follows from the cell's seed alone.
 */
export interface Appearance {
  /**
   * `nModes x 6`: amplitude, wave number, phase, direction (u, v, w). The surface lies at
   * 1 + sum amplitude cos(number (n . direction) + phase) along the unit vector n: a short Fourier series on every
   * great circle.
   */
  modes: Float64Array;
  /** `nWaves x 5`: amplitude, wave vector (u, v, w), phase of the chromatin's density, which has mean 0 and deviation 1. */
  waves: Float64Array;
  /** `nNucleoli x 4`: centre (u, v, w) and radius of dark nucleoli. */
  nucleoli: Float64Array;
}

export const MODE_STRIDE = 6;
export const WAVE_STRIDE = 5;
export const NUCLEOLUS_STRIDE = 4;

const MODES = 4;
const WAVES = 18;
/** Amplitude of the outline's first mode; higher modes fall as 1 / number. */
const ROUGHNESS = 0.14;
/** Chromatin grains from coarse to fine: wave numbers on the unit sphere. */
const GRAIN: readonly [number, number] = [4.2, 16];

/** The look of the nucleus with this seed. */
export function appearanceOf(seed: number, ndim: 2 | 3): Appearance {
  const random = createRandom(seed);
  const direction = (): [number, number, number] => {
    const w = ndim === 2 ? 0 : 2 * random.uniform() - 1;
    const angle = 2 * Math.PI * random.uniform();
    const s = Math.sqrt(1 - w * w);
    return [s * Math.cos(angle), s * Math.sin(angle), w];
  };
  const phase = (): number => 2 * Math.PI * random.uniform();

  const modes: number[] = [];
  for (let k = 0; k < MODES; k++) {
    const number = k + 2;
    modes.push(((0.5 + random.uniform()) * ROUGHNESS) / number, number, phase(), ...direction());
  }

  const waves: number[] = [];
  for (let k = 0; k < WAVES; k++) {
    const length = GRAIN[0] * (GRAIN[1] / GRAIN[0]) ** ((k + random.uniform()) / WAVES);
    const [u, v, w] = direction();
    waves.push(Math.sqrt(2 / WAVES), length * u, length * v, length * w, phase());
  }

  const nucleoli: number[] = [];
  const nNucleoli = 1 + random.int(3);
  for (let k = 0; k < nNucleoli; k++) {
    const [u, v, w] = direction();
    const distance = 0.6 * Math.sqrt(random.uniform());
    nucleoli.push(distance * u, distance * v, distance * w, 0.14 + 0.1 * random.uniform());
  }
  return {
    modes: Float64Array.from(modes),
    waves: Float64Array.from(waves),
    nucleoli: Float64Array.from(nucleoli),
  };
}
