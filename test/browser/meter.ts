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
interface Gauge {
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
    await tab.page.waitForFunction((n) => window.__times!.length > n, k, { polling: 20 });
  }
  await tab.ready();
  const after = await gauge.read();
  const times = await tab.page.evaluate(() => window.__times!);
  times.sort((a, b) => a - b);
  return {
    cpuMs: (1000 * (after.cpu - before.cpu)) / count,
    medianMs: times[Math.floor(times.length / 2)]!,
    p95Ms: times[Math.floor(0.95 * (times.length - 1))]!,
  };
}

declare global {
  interface Window {
    /** Milliseconds from every input to the end of the picture in which the view that is watched is drawn next. */
    __times?: number[];
  }
}

/** Runs in the page: notes when the view is drawn next after each input of a kind. */
function watchInputs({ event, view }: { event: string; view: string }): void {
  const draws = (): number => {
    const all = window.__viewer!.stats().draws as Record<string, { draws: number }>;
    return all[view]!.draws;
  };
  const times: number[] = [];
  window.__times = times;
  window.addEventListener(
    event,
    (input) => {
      if (window.__times !== times || (input instanceof KeyboardEvent && input.key === 'Control')) return;
      const [start, drawn] = [input.timeStamp, draws()];
      // A message that is sent in a picture's callback comes when that picture is laid out, painted and handed over.
      const { port1, port2 } = new MessageChannel();
      const look = (): void => port2.postMessage(null);
      port1.onmessage = () => {
        if (draws() === drawn) requestAnimationFrame(look);
        else {
          times.push(performance.now() - start);
          port1.close();
        }
      };
      requestAnimationFrame(look);
    },
    { capture: true },
  );
}
