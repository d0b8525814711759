import type { ViewSource } from './source.ts';

/** Frames that the contrast is measured on, and pixels taken of each. */
const FRAMES = 5;
const SAMPLES = 20_000;
/** Pixels of a frame that are read to measure it; larger frames are measured on a coarser level, where there is one. */
const MOST_PIXELS = 2 ** 25;
/** Percentiles shown as black and white. */
const LOW = 1;
const HIGH = 99.7;

/** Grey values to show as black and white. */
interface Window {
  low: number;
  high: number;
}

/** What measuring reads of a source. */
type Measured = Pick<ViewSource, 'run' | 'plane' | 'levels'>;

/** The finest level whose frames are small enough, else the coarsest. */
function levelOf({ levels }: Measured, depth: number): number {
  const fits = levels.findIndex(({ width, height }) => depth * width * height <= MOST_PIXELS);
  return fits < 0 ? levels.length - 1 : fits;
}

/**
 * Grey values for black and white: percentiles over a few frames spread over the movie. In 3D those of the projection,
 * and in `planes` those of single planes, which are darker.
 */
export async function measureContrast(
  source: Measured,
  channel: number,
): Promise<Window & { planes?: Window }> {
  const { nFrames, ndim, shape } = (await source.run()).movie;
  const some = (n: number): number[] =>
    Array.from({ length: FRAMES }, (_, k) => Math.round((k * Math.max(n - 1, 0)) / (FRAMES - 1)));
  const frames = some(nFrames);
  if (ndim === 2)
    return windowOf(
      source,
      channel,
      [...new Set(frames)].map((t) => ({ t, z: 0 })),
    );
  const planes = some(shape[0]);
  return {
    ...(await windowOf(
      source,
      channel,
      [...new Set(frames)].map((t) => ({ t, z: 'max' })),
    )),
    // Each of the frames with another depth, the darkest planes at top and bottom left out.
    planes: await windowOf(
      source,
      channel,
      frames.map((t, k) => ({ t, z: planes[1 + (k % 3)]! })),
    ),
  };
}

/** Percentiles of the grey values of some planes. */
async function windowOf(
  source: Measured,
  channel: number,
  planes: readonly { t: number; z: number | 'max' }[],
): Promise<Window> {
  const values: number[] = [];
  const level = levelOf(source, (await source.run()).movie.shape[0]);
  for (const { t, z } of planes) {
    const { data } = await source.plane(t, channel, z, { level });
    const step = Math.max(1, Math.floor(data.length / SAMPLES));
    for (let i = 0; i < data.length; i += step) if (Number.isFinite(data[i])) values.push(data[i]);
  }
  if (values.length === 0) return { low: 0, high: 1 };
  const sorted = Float64Array.from(values).sort();
  const at = (percent: number): number => sorted[Math.round(((sorted.length - 1) * percent) / 100)];
  const [low, high] = [at(LOW), at(HIGH)];
  return { low, high: high > low ? high : low + 1 };
}
