import type { ViewSource } from './source.ts';

/** Frames that the contrast is measured on, and pixels taken of each. */
const FRAMES = 5;
const SAMPLES = 20_000;
/** Percentiles shown as black and white. */
const LOW = 1;
const HIGH = 99.7;

/** Grey values for black and white: percentiles over a few frames spread over the movie. */
export async function measureContrast(
  source: ViewSource,
  channel: number,
): Promise<{ low: number; high: number }> {
  const { nFrames, ndim } = (await source.run()).movie;
  const values: number[] = [];
  const last = Math.max(nFrames - 1, 0);
  const frames = new Set(Array.from({ length: FRAMES }, (_, k) => Math.round((k * last) / (FRAMES - 1))));
  for (const t of frames) {
    const { data } = await source.plane(t, channel, ndim === 3 ? 'max' : 0);
    const step = Math.max(1, Math.floor(data.length / SAMPLES));
    for (let i = 0; i < data.length; i += step) if (Number.isFinite(data[i])) values.push(data[i]);
  }
  if (values.length === 0) return { low: 0, high: 1 };
  const sorted = Float64Array.from(values).sort();
  const at = (percent: number): number => sorted[Math.round(((sorted.length - 1) * percent) / 100)];
  const [low, high] = [at(LOW), at(HIGH)];
  return { low, high: high > low ? high : low + 1 };
}
