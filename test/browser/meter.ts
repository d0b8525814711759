import type { Page } from 'playwright-core';
import type {} from '../../viewer/src/testHook.ts';
import type { Tab } from './session.ts';

/** What one action took: processor time of the page's main thread, mean; and by the clock, median and 95th percentile. */
export interface Taken {
  cpuMs: number;
  medianMs: number;
  p95Ms: number;
}

/** The page's processor time, seconds, and its heap, bytes. */
export interface Gauge {
  read(): Promise<{ cpu: number; heap: number }>;
  /** Throws away what nobody holds, then reads. */
  settled(): Promise<{ cpu: number; heap: number }>;
}

/**
 * Reads the browser's own metrics of a page. Processor time is counted by the thread's clock, so that other programs on
 * the machine weigh little.
 */
export async function openGauge(page: Page): Promise<Gauge> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const read = async (): Promise<{ cpu: number; heap: number }> => {
    const { metrics } = await session.send('Performance.getMetrics');
    const value = (name: string): number => metrics.find((one) => one.name === name)?.value ?? Number.NaN;
    return { cpu: value('TaskDuration'), heap: value('JSHeapUsedSize') };
  };
  return {
    read,
    async settled() {
      await session.send('HeapProfiler.collectGarbage');
      return read();
    },
  };
}

/** Time from an input to the picture that follows it, as the page sees both; `act` makes one input. */
export async function timeInputs(
  tab: Tab,
  gauge: Gauge,
  count: number,
  watch: { event: 'keydown' | 'pointermove' | 'wheel'; view: string },
  act: (k: number) => Promise<void>,
): Promise<Taken> {
  // What runs in the page was compiled by the bench's loader, which names functions by this helper.
  await tab.page.evaluate('globalThis.__name ??= (named) => named');
  await tab.page.evaluate(watchInputs, watch);
  const before = await gauge.read();
  for (let k = 0; k < count; k++) {
    await act(k);
    // Where the server answers too late, as on a busy machine, the page refuses the next edit until it has.
    await tab.page.waitForFunction(
      (n) => window.__times!.length > n && window.__viewer!.state().standing === 'ready',
      k,
      { polling: 20 },
    );
  }
  await tab.ready();
  const after = await gauge.read();
  const times = await tab.page.evaluate(() => window.__times!);
  return { cpuMs: (1000 * (after.cpu - before.cpu)) / count, ...spread(times) };
}

/**
 * Time from one picture to the next while inputs come without a pause: `act` makes one, every `EVERY_MS`, until the view was
 * drawn `count` times. Counted are the pictures in which it was drawn; one before them that shows nothing new ends the
 * interval before, so that only what comes late counts, not what was not asked for.
 */
export async function timePictures(
  tab: Pick<Tab, 'page'>,
  gauge: Gauge,
  count: number,
  view: string,
  act: (k: number) => Promise<void>,
): Promise<Taken> {
  await tab.page.evaluate('globalThis.__name ??= (named) => named');
  await tab.page.evaluate(watchPictures, view);
  const before = await gauge.read();
  const acts: Promise<void>[] = [];
  let drawn = 0;
  while (drawn < count) {
    for (let k = 0; k < AT_ONCE; k++) {
      acts.push(act(acts.length));
      await new Promise((done) => setTimeout(done, EVERY_MS));
    }
    drawn = await tab.page.evaluate(() => window.__times!.length);
  }
  await Promise.all(acts);
  const after = await gauge.read();
  const times = await tab.page.evaluate(() => {
    const all = window.__times!;
    window.__times = [];
    return all;
  });
  return { cpuMs: (1000 * (after.cpu - before.cpu)) / times.length, ...spread(times) };
}

/** Time between two inputs, less than a picture takes; and inputs between two looks at how many pictures there were. */
const [EVERY_MS, AT_ONCE] = [12, 10];

/** Median and 95th percentile. */
export function spread(times: readonly number[]): Pick<Taken, 'medianMs' | 'p95Ms'> {
  const sorted = [...times].sort((a, b) => a - b);
  return {
    medianMs: sorted[Math.floor(sorted.length / 2)]!,
    p95Ms: sorted[Math.floor(0.95 * (sorted.length - 1))]!,
  };
}

declare global {
  interface Window {
    /** Milliseconds from every input to the end of the picture in which the view is drawn next; or from picture to picture. */
    __times?: number[];
  }
}

/** Runs in the page: notes when the view is drawn next after each input of a kind. */
function watchInputs({ event, view }: { event: string; view: string }): void {
  const stats = (): { draws: number; inFrame: boolean } =>
    (window.__viewer!.stats().draws as Record<string, { draws: number; inFrame: boolean }>)[view]!;
  const draws = (): number => stats().draws;
  const inFrame = (): boolean => stats().inFrame;
  const times: number[] = [];
  window.__times = times;
  window.addEventListener(
    event,
    (input) => {
      if (window.__times !== times || (input instanceof KeyboardEvent && input.key === 'Control')) return;
      const [start, drawn] = [input.timeStamp, draws()];
      // A message that is sent in a picture's callback comes when that picture is laid out, painted and handed over.
      const { port1, port2 } = new MessageChannel();
      let before = false;
      const look = (): void => {
        before = draws() > drawn;
        port2.postMessage(null);
      };
      port1.onmessage = () => {
        // What was drawn after the picture without waiting for the next one is not in it.
        if (before || (draws() > drawn && inFrame())) {
          times.push(performance.now() - start);
          port1.close();
        } else requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    },
    { capture: true },
  );
}

/** Runs in the page: notes the time between the ends of two pictures where the view is drawn in the second one. */
function watchPictures(view: string): void {
  const draws = (): number =>
    (window.__viewer!.stats().draws as Record<string, { draws: number }>)[view]!.draws;
  const times: number[] = [];
  window.__times = times;
  let [drawn, before] = [draws(), Number.NaN];
  const { port1, port2 } = new MessageChannel();
  const next = (): void => port2.postMessage(null);
  port1.onmessage = () => {
    if (window.__times !== times) return port1.close();
    const now = performance.now();
    if (draws() > drawn && before > 0) times.push(now - before);
    [drawn, before] = [draws(), now];
    requestAnimationFrame(next);
  };
  requestAnimationFrame(next);
}
