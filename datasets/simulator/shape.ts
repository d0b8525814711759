/** What a nucleus looks like apart from where it is. */
export interface NucleusShape {
  /** Semi-axes along u (the long or the division axis), v and w, micrometres. */
  radii: readonly [number, number, number];
  /** Fluorescence relative to a mean interphase nucleus. */
  brightness: number;
  /** 0 in interphase to 1 in metaphase. */
  condensation: number;
}

/** What the shape follows from. */
export interface ShapeState {
  /** Radius of the interphase nucleus now, micrometres. */
  radius: number;
  /** Long over short semi-axis in interphase; below 1 the nucleus is short along u. */
  aspect: number;
  /** Frames until the daughters appear, 0 = no division is under way. */
  countdown: number;
  /** Frames since the cell's birth; Infinity for founders. */
  framesAlive: number;
  ndim: 2 | 3;
}

/** Semi-axes along and across the division axis over the interphase radius, and the rest of a stage's look. */
interface Stage {
  along: number;
  across: number;
  brightness: number;
  condensation: number;
  /** Share of the cell's own elongation that shows. */
  elongation: number;
}

/** Index = frames until the daughters appear: 1 is the metaphase plate, 2 and 3 are the rounding before it. */
const BEFORE: readonly Stage[] = [
  { along: 1, across: 1, brightness: 1, condensation: 0, elongation: 1 },
  { along: 0.36, across: 0.92, brightness: 2.1, condensation: 1, elongation: 0 },
  { along: 0.8, across: 0.84, brightness: 1.65, condensation: 0.75, elongation: 0 },
  { along: 0.94, across: 0.94, brightness: 1.25, condensation: 0.4, elongation: 0.6 },
];

/** Index = frames since birth: two plates part (anaphase), round up (telophase) and unfold. */
const AFTER: readonly Stage[] = [
  { along: 0.46, across: 0.86, brightness: 1.95, condensation: 0.9, elongation: 0 },
  { along: 0.64, across: 0.84, brightness: 1.65, condensation: 0.65, elongation: 0 },
  { along: 0.84, across: 0.88, brightness: 1.4, condensation: 0.35, elongation: 0 },
  { along: 0.93, across: 0.94, brightness: 1.25, condensation: 0.15, elongation: 0.4 },
  { along: 0.98, across: 0.98, brightness: 1.15, condensation: 0.05, elongation: 0.8 },
];

/** Distance of two daughters over the full radius of their parent, by frames since birth. */
export const SISTER_DISTANCE: readonly number[] = [1.25, 1.65, 1.9];

/** Frames from the first rounding of a cell to the birth of its daughters. */
export const MITOSIS_FRAMES = BEFORE.length - 1;

/** Radius of a daughter's nucleus at birth over its full radius; half of the area. */
const BIRTH_RADIUS = 0.72;

/** Radius of an interphase nucleus of full radius `full` at `progress` in [0, 1] of its cycle, micrometres. */
export function radiusAt(full: number, progress: number): number {
  const grown = Math.min(1, Math.max(0, progress) / 0.7);
  return full * (BIRTH_RADIUS + (1 - BIRTH_RADIUS) * grown * (2 - grown));
}

/** The look of a nucleus in one frame. */
export function nucleusShape({ radius, aspect, countdown, framesAlive, ndim }: ShapeState): NucleusShape {
  const stage = countdown > 0 ? BEFORE[countdown] : (AFTER[framesAlive] ?? BEFORE[0]);
  const long = aspect ** (stage.elongation * (ndim === 2 ? 0.5 : 2 / 3));
  const short = aspect ** (stage.elongation * (ndim === 2 ? -0.5 : -1 / 3));
  const across = radius * stage.across * short;
  return {
    radii: [radius * stage.along * long, across, across],
    brightness: stage.brightness,
    condensation: stage.condensation,
  };
}
