import { type Gauge, spread, type Taken } from './meter.ts';
import type { Tab } from './session.ts';

/** What drawing a view once took: its script alone, and with what the script left to be made into pixels. */
export interface Frames {
  script: Taken;
  raster: Taken;
}

/**
 * Time of drawing a view once, for every turn of the wheel: the view's own clock of its script, and with it the time of
 * reading back one pixel right after, for which the browser must carry out what it had only noted down. What the browser
 * does besides (layout, axis, handing over) is not in it; processor time is of all of it.
 *
 * @param act one turn, after which the view is drawn
 */
export async function timeFrames(
  tab: Tab,
  gauge: Gauge,
  count: number,
  watch: { view: string; canvas: string },
  act: (k: number) => Promise<void>,
): Promise<Frames> {
  await tab.page.evaluate('globalThis.__name ??= (named) => named');
  await tab.page.evaluate(watchFrames, watch);
  const before = await gauge.read();
  for (let k = 0; k < count; k++) {
    await act(k);
    await tab.page.waitForFunction((n) => window.__frames!.length > n, k, { polling: 20 });
  }
  const after = await gauge.read();
  const frames = await tab.page.evaluate(() => {
    const all = window.__frames!;
    window.__frames = [];
    return all;
  });
  const cpuMs = (1000 * (after.cpu - before.cpu)) / count;
  return {
    script: { cpuMs, ...spread(frames.map(([script]) => script)) },
    raster: { cpuMs, ...spread(frames.map(([script, readBack]) => script + readBack)) },
  };
}

declare global {
  interface Window {
    /** Milliseconds of a view's script and of reading back, for every turn of the wheel. */
    __frames?: [number, number][];
  }
}

/** Runs in the page: notes what the first drawing after each turn of the wheel took. */
function watchFrames({ view, canvas }: { view: string; canvas: string }): void {
  const stat = (): { draws: number; lastMs: number } =>
    (window.__viewer!.stats().draws as Record<string, { draws: number; lastMs: number }>)[view]!;
  const context = document.querySelector<HTMLCanvasElement>(canvas)!.getContext('2d')!;
  const frames: [number, number][] = [];
  window.__frames = frames;
  let drawn = Number.POSITIVE_INFINITY;
  window.addEventListener(
    'wheel',
    () => {
      drawn = stat().draws;
    },
    { capture: true },
  );
  const ask = window.requestAnimationFrame.bind(window);
  // Right after the page's own callback: before the browser carries out by itself what was noted down.
  window.requestAnimationFrame = (callback) =>
    ask((now) => {
      callback(now);
      const { draws, lastMs } = stat();
      if (window.__frames !== frames || draws <= drawn) return;
      drawn = Number.POSITIVE_INFINITY;
      const start = performance.now();
      context.getImageData(0, 0, 1, 1);
      frames.push([lastMs, performance.now() - start]);
    });
}
