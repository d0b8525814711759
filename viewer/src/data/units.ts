import type { StoredMovie } from '../../../src/store/types.ts';

/** How frames become time that a person reads. */
export interface TimeUnit {
  /** Units of one frame. */
  perFrame: number;
  /** `h`, `min`, `s`, or `frame` where the movie has no time step. */
  name: string;
  /** Hours of one frame, NaN where unknown. */
  hours: number;
}

/** The unit in which the movie's length is a handy number. A time step of exactly 1 s means that none is known. */
export function timeUnit({
  timeStep,
  timeStepKnown,
  nFrames,
}: Pick<StoredMovie, 'timeStep' | 'timeStepKnown' | 'nFrames'>): TimeUnit {
  if (!timeStepKnown) return { perFrame: 1, name: 'frame', hours: Number.NaN };
  const hours = timeStep / 3600;
  const total = timeStep * Math.max(nFrames - 1, 1);
  if (total >= 2 * 3600) return { perFrame: hours, name: 'h', hours };
  if (total >= 120) return { perFrame: timeStep / 60, name: 'min', hours };
  return { perFrame: timeStep, name: 's', hours };
}

/** Time of a frame as a clock, `23 h 30 min`; `frame 12` where no time step is known. */
export function formatTime(frame: number, timeStep: number, unit: TimeUnit): string {
  if (unit.name === 'frame') return `frame ${formatCount(frame)}`;
  const seconds = Math.round(frame * timeStep);
  const [h, min, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (n: number): string => String(n).padStart(2, '0');
  if (unit.name === 'h') return `${h} h ${two(min)} min`;
  return h > 0 ? `${h} h ${two(min)} min` : `${min} min ${two(s)} s`;
}

/** A duration in the movie's unit: `14.5 h`. */
export function formatSpan(frames: number, unit: TimeUnit): string {
  if (!Number.isFinite(frames)) return '–';
  const value = frames * unit.perFrame;
  // Frames of a few minutes: parts of an hour read better in minutes.
  if (unit.name === 'h' && unit.perFrame < 0.25 && Math.abs(value) < 1.995)
    return `${Math.round(value * 60)} min`;
  const text = unit.name === 'frame' ? String(value) : value.toFixed(value < 100 ? 1 : 0);
  return `${text} ${unit.name === 'frame' && value !== 1 ? 'frames' : unit.name}`;
}

/** A time as a bare number in the unit, with decimals that tell frames apart. */
export function formatUnits(value: number, unit: TimeUnit): string {
  if (!Number.isFinite(value)) return '–';
  return value.toFixed(unit.name === 'frame' ? 0 : unit.perFrame < 0.1 ? 2 : 1);
}

/** An integer with grouped digits: `8,600`. By hand: the browser's own formatter is slow to start. */
export const formatCount = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, ',');

/** A number at the tick of a small chart, five characters at most: `15k`, `0.05`, `5e-4`. */
export function formatTick(value: number): string {
  const size = Math.abs(value);
  if (size >= 1000) return `${Number((value / 1000).toPrecision(3))}k`;
  return size > 0 && size < 0.01 ? value.toExponential() : String(Number(value.toPrecision(6)));
}

/** A number with about three digits; `–` where there is none. */
export function formatNumber(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return '–';
  if (value === 0) return '0';
  const size = Math.floor(Math.log10(Math.abs(value)));
  return value.toFixed(Math.max(0, Math.min(6, digits - 1 - size)));
}

/** A round length for a scale bar that is at most `mostUm` long: 1, 2 or 5 times a power of ten. */
export function roundLength(mostUm: number): number {
  const power = 10 ** Math.floor(Math.log10(mostUm));
  for (const step of [5, 2]) if (step * power <= mostUm) return step * power;
  return power;
}
