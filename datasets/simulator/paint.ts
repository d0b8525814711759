import { type Appearance, appearanceOf, MODE_STRIDE, NUCLEOLUS_STRIDE, WAVE_STRIDE } from './appearance.ts';
import type { Life, SimulationOptions } from './types.ts';

/** Contrast of the chromatin: standard deviation over mean. */
const CHROMATIN = 0.32;
/** Light that a nucleolus takes away at its centre. */
const NUCLEOLUS = 0.55;
/** Brightness of the edge over the middle: a nucleus is thinner there. */
const DOME = 0.3;

/** One frame before the microscope. */
export interface Scene {
  /** `[z, y, x]` flat; fluorescence, 1 = mean interphase nucleus. */
  light: Float32Array;
  /** `[z, y, x]` flat; number of the cell, 0 = background. */
  labels: Uint16Array;
}

/** One nucleus with everything that its pixels need. */
interface Nucleus {
  cell: number;
  centre: readonly [number, number, number];
  /** Rows u, v, w, each over its semi-axis: turns micrometres into the nucleus's own frame. */
  toUnit: Float64Array;
  brightness: number;
  condensation: number;
  appearance: Appearance;
  /** Mean semi-axis, micrometres. */
  radius: number;
  /** Half extents of its box `[z, y, x]`, micrometres. */
  extent: readonly [number, number, number];
}

/**
 * Paints the nuclei of frame `t`. A pixel belongs to the nucleus to whose centre it is nearest, in units of that
 * nucleus's own radius in this direction, if that distance is below 1; so labels never overlap.
 *
 * Cost: O(pixels + pixels under nuclei).
 */
export function paintScene(life: Life, t: number, options: SimulationOptions): Scene {
  const size = options.shape[0] * options.shape[1] * options.shape[2];
  const light = new Float32Array(size);
  const labels = new Uint16Array(size);
  const nearest = new Float32Array(size).fill(Number.POSITIVE_INFINITY);
  for (let row = life.frameStart[t]; row < life.frameStart[t + 1]; row++) {
    paintNucleus(nucleusOf(life, row), options, { light, labels }, nearest);
  }
  return { light, labels };
}

function nucleusOf(life: Life, row: number): Nucleus {
  const { rows, cells } = life;
  const cell = rows.cell[row];
  const [uz, uy, ux, vz, vy, vx] = rows.frame.subarray(6 * row, 6 * row + 6);
  const [ru, rv, rw] = rows.radii.subarray(3 * row, 3 * row + 3);
  const w = [uy * vx - ux * vy, ux * vz - uz * vx, uz * vy - uy * vz];
  const appearance = appearanceOf(cells.seed[cell - 1], life.ndim);
  let swell = 1;
  for (let k = 0; k < appearance.modes.length; k += MODE_STRIDE) swell += appearance.modes[k];
  const half = (u: number, v: number, third: number): number =>
    swell * Math.sqrt((ru * u) ** 2 + (rv * v) ** 2 + (rw * third) ** 2);
  return {
    cell,
    centre: [rows.z[row], rows.y[row], rows.x[row]],
    toUnit: Float64Array.of(
      uz / ru,
      uy / ru,
      ux / ru,
      vz / rv,
      vy / rv,
      vx / rv,
      w[0] / rw,
      w[1] / rw,
      w[2] / rw,
    ),
    brightness: rows.brightness[row],
    condensation: rows.condensation[row],
    appearance,
    radius: life.ndim === 2 ? Math.sqrt(ru * rv) : Math.cbrt(ru * rv * rw),
    extent: [half(uz, vz, w[0]), half(uy, vy, w[1]), half(ux, vx, w[2])],
  };
}

function paintNucleus(
  nucleus: Nucleus,
  { shape, voxelSize }: SimulationOptions,
  scene: Scene,
  nearest: Float32Array,
): void {
  const { centre, extent, toUnit, radius, condensation } = nucleus;
  const from = (axis: number): number =>
    Math.max(0, Math.ceil((centre[axis] - extent[axis]) / voxelSize[axis] - 1));
  const to = (axis: number): number =>
    Math.min(shape[axis] - 1, Math.floor((centre[axis] + extent[axis]) / voxelSize[axis] + 1));
  const roughness = 1 - 0.6 * condensation;
  const flat = shape[0] === 1;
  const [zz, yy, xx] = voxelSize.map((side) => side * side);
  for (let z = from(0); z <= to(0); z++) {
    const dz = flat ? 0 : z * voxelSize[0] - centre[0];
    for (let y = from(1); y <= to(1); y++) {
      const dy = y * voxelSize[1] - centre[1];
      for (let x = from(2); x <= to(2); x++) {
        const dx = x * voxelSize[2] - centre[2];
        const u = toUnit[0] * dz + toUnit[1] * dy + toUnit[2] * dx;
        const v = toUnit[3] * dz + toUnit[4] * dy + toUnit[5] * dx;
        const w = toUnit[6] * dz + toUnit[7] * dy + toUnit[8] * dx;
        const reach = Math.sqrt(u * u + v * v + w * w);
        if (reach > 1.6) continue;
        const outline =
          reach > 0 ? outlineAt(nucleus.appearance, u / reach, v / reach, w / reach, roughness) : 1;
        const distance = reach / outline;
        const length = Math.sqrt(dz * dz + dy * dy + dx * dx);
        const edge = reach > 0 ? (outline * length) / reach : radius;
        const pixel = length > 0 ? Math.sqrt(dz * dz * zz + dy * dy * yy + dx * dx * xx) / length : 1;
        const cover = Math.min(1, ((1 - distance) * edge) / pixel + 0.5);
        const at = (z * shape[1] + y) * shape[2] + x;
        if (cover <= 0 || distance >= nearest[at]) continue;
        nearest[at] = distance;
        scene.labels[at] = distance < 1 ? nucleus.cell : 0;
        scene.light[at] = cover * nucleus.brightness * glowAt(nucleus, u, v, w, distance);
      }
    }
  }
}

function outlineAt({ modes }: Appearance, u: number, v: number, w: number, roughness: number): number {
  let sum = 0;
  for (let k = 0; k < modes.length; k += MODE_STRIDE) {
    const along = u * modes[k + 3] + v * modes[k + 4] + w * modes[k + 5];
    sum += modes[k] * Math.cos(modes[k + 1] * along + modes[k + 2]);
  }
  return 1 + roughness * sum;
}

/** Density of the fluorescence inside a nucleus: chromatin, nucleoli and the fall towards the edge. */
function glowAt(nucleus: Nucleus, u: number, v: number, w: number, distance: number): number {
  const { waves, nucleoli } = nucleus.appearance;
  const open = 1 - nucleus.condensation;
  let chromatin = 0;
  for (let k = 0; k < waves.length; k += WAVE_STRIDE) {
    chromatin += waves[k] * Math.cos(waves[k + 1] * u + waves[k + 2] * v + waves[k + 3] * w + waves[k + 4]);
  }
  let dark = 0;
  for (let k = 0; k < nucleoli.length; k += NUCLEOLUS_STRIDE) {
    const du = u - nucleoli[k];
    const dv = v - nucleoli[k + 1];
    const dw = w - nucleoli[k + 2];
    dark += Math.exp(-(du * du + dv * dv + dw * dw) / nucleoli[k + 3] ** 2);
  }
  const dome = 1 - DOME * Math.min(1, distance) ** 2 + DOME / 2;
  const grain = Math.max(0.2, 1 + CHROMATIN * (0.35 + 0.65 * open) * chromatin);
  return dome * grain * (1 - open * NUCLEOLUS * Math.min(1, dark));
}
