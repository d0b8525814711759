import { MorulaError } from '../../src/errors/index.ts';
import type { BiologyOptions, OpticsOptions, SimulationOptions, SimulationRequest } from './types.ts';

interface Preset {
  frames: number;
  cells: number;
  shape: readonly [number, number, number];
  voxelSize: readonly [number, number, number];
  timeStep: number;
  biology: Omit<BiologyOptions, 'wall' | 'deathRate'>;
  optics: OpticsOptions;
}

/** How many cells one founder becomes before contact inhibition stops the cycles. */
const FOLD = 5.4;
/** Share of the room inside the wall that cells may fill. */
const PACKING = 0.72;
const SMALLEST_SIDE = 192;
const LARGEST_FRAME = 2 ** 28;

const PRESETS: Record<'2d' | '3d', Preset> = {
  '2d': {
    frames: 40,
    cells: 12,
    shape: [1, 320, 320],
    voxelSize: [1, 0.65, 0.65],
    timeStep: 300,
    biology: {
      nuclearRadius: 7.4,
      bodyRatio: 1.36,
      cycleMean: 17,
      cycleSpread: [0.12, 0.12],
      speed: 0.42,
      persistence: 0.75,
      driftStep: 0.45,
      driftLimit: 5,
      rotation: 0.012,
    },
    optics: {
      psf: [0, 0.7, 0.7],
      haze: 0.2,
      hazeWidth: 7,
      background: 0.09,
      vignette: 0.28,
      bleachFloor: 0.65,
      bleachFrames: 40,
      attenuationDepth: Number.POSITIVE_INFINITY,
      depthBlur: 0,
      photons: 90,
      gain: 10,
      offset: 100,
      readNoise: 8,
    },
  },
  '3d': {
    frames: 30,
    cells: 11,
    shape: [24, 160, 160],
    voxelSize: [2, 0.65, 0.65],
    timeStep: 300,
    biology: {
      nuclearRadius: 5.8,
      bodyRatio: 1.3,
      cycleMean: 14,
      cycleSpread: [0.1, 0.08],
      speed: 0.25,
      persistence: 0.7,
      driftStep: 0.25,
      driftLimit: 2,
      rotation: 0.008,
    },
    optics: {
      psf: [1.7, 0.45, 0.45],
      haze: 0.08,
      hazeWidth: 6,
      background: 0.04,
      vignette: 0.15,
      bleachFloor: 0.65,
      bleachFrames: 40,
      attenuationDepth: 75,
      depthBlur: 0.012,
      photons: 60,
      gain: 10,
      offset: 100,
      readNoise: 8,
    },
  },
};

/**
 * The full options of a request.
 *
 * @throws `invalid-option` when a number is out of its range or the founders do not fit into the field
 */
export function resolveOptions(request: SimulationRequest = {}): SimulationOptions {
  const name = request.preset ?? '2d';
  if (!Object.hasOwn(PRESETS, name)) fail(`preset must be 2d or 3d, got ${name}`);
  const preset = PRESETS[name];
  const seed = whole('seed', request.seed ?? 1, 0, 2 ** 32 - 1);
  const frames = whole('frames', request.frames ?? preset.frames, 1, 100_000);
  const deathRate = request.deathRate ?? 0;
  if (!(deathRate >= 0 && deathRate < 1)) fail(`deathRate must lie in [0, 1), got ${deathRate}`);
  const shape = shapeOf(name, preset, request);
  const cells = whole('cells', request.cells ?? foundersFor(shape, preset), 1, 65_535);
  const wall = wallOf(name, preset, shape);
  const room = roomFor(wall, preset.biology);
  if (cells > room) {
    fail(
      `cells must be at most ${room} in a field of ${shape.join(' x ')} pixels, got ${cells}; give a larger size`,
    );
  }
  return {
    preset: name,
    seed,
    frames,
    cells,
    capacity: Math.max(cells, Math.min(Math.round(cells * FOLD), room)),
    shape,
    voxelSize: preset.voxelSize,
    timeStep: preset.timeStep,
    biology: {
      ...preset.biology,
      speed: within('speed', request.speed ?? preset.biology.speed, 50),
      wall,
      deathRate,
    },
    optics: { ...preset.optics, photons: within('photons', request.photons ?? preset.optics.photons, 1e5) },
  };
}

/** Size asked for, or the preset's with its sides grown so that `cells` are as crowded as the preset's. */
function shapeOf(name: '2d' | '3d', preset: Preset, request: SimulationRequest): [number, number, number] {
  const [nz, ny, nx] = preset.shape;
  if (request.size === undefined) {
    const scale = Math.sqrt((request.cells ?? preset.cells) / preset.cells);
    const grow = (side: number): number =>
      Math.max(Math.min(side, SMALLEST_SIDE), 16 * Math.ceil((side * scale) / 16));
    return [nz, grow(ny), grow(nx)];
  }
  const wanted = name === '2d' ? 2 : 3;
  if (request.size.length !== wanted) {
    fail(`size must have ${wanted} numbers for the preset ${name}, got ${request.size.length}`);
  }
  const [y, x] = request.size.slice(-2).map((side) => whole('size', side, 16, 16_384));
  const z = name === '2d' ? 1 : whole('size', request.size[0], 4, 4_096);
  if (z * y * x > LARGEST_FRAME)
    fail(`size must be at most ${LARGEST_FRAME} pixels a frame, got ${z * y * x}`);
  return [z, y, x];
}

function foundersFor(shape: readonly number[], preset: Preset): number {
  const area = (s: readonly number[]): number => Math.min(s[1], s[2]) ** 2;
  return Math.max(2, Math.round((preset.cells * area(shape)) / area(preset.shape)));
}

/** Half the field less a cell, the drift and a little: what is inside stays in view while the tissue turns. */
function wallOf(name: '2d' | '3d', preset: Preset, shape: readonly number[]): [number, number, number] {
  const { nuclearRadius, driftLimit } = preset.biology;
  const half = (axis: number): number => ((shape[axis] - 1) * preset.voxelSize[axis]) / 2;
  const lateral = Math.min(half(1), half(2)) - driftLimit - 1.6 * nuclearRadius;
  const axial = name === '2d' ? 0 : half(0) - driftLimit / 2 - nuclearRadius;
  if (lateral < nuclearRadius || (name === '3d' && axial < nuclearRadius)) {
    fail(`size must hold a few cells of ${2 * nuclearRadius} micrometres, got ${shape.join(' x ')} pixels`);
  }
  return [axial, lateral, lateral];
}

function roomFor(wall: readonly number[], biology: Preset['biology']): number {
  const body = biology.nuclearRadius * biology.bodyRatio * 0.92;
  const plane = (wall[1] * wall[2]) / body ** 2;
  return Math.max(2, Math.floor(PACKING * (wall[0] > 0 ? (plane * wall[0]) / body : plane)));
}

function whole(option: string, value: number, from: number, to: number): number {
  if (Number.isInteger(value) && value >= from && value <= to) return value;
  return fail(`${option} must be a whole number from ${from} to ${to}, got ${value}`);
}

function within(option: string, value: number, most: number): number {
  if (value > 0 && value <= most) return value;
  return fail(`${option} must lie in (0, ${most}], got ${value}`);
}

function fail(text: string): never {
  throw new MorulaError('invalid-option', `simulate: ${text}`);
}
