import type { Browser } from 'playwright-core';
import { type Frames, timeFrames } from './frames.ts';
import { type Gauge, openGauge, type Taken, timeInputs, timePictures } from './meter.ts';
import { openTab, type Tab } from './session.ts';

/** Milliseconds that the page may take: `treeFrame` to draw the tree once, the others from an input to its picture. */
export const BUDGETS = { treeFrame: 25, hover: 16, frameChange: 33, edit: 50, firstPicture: 1500 } as const;
/** Compressed size of the script that the page starts with, bytes. */
export const SCRIPT_BYTES = 150_000;
/** On machines that do other things besides, everything may take twice as long. */
export const SLACK = 2;

/** The tree while the wheel turns: what drawing it once takes, and the time from one picture to the next. */
interface Zoomed {
  once: Frames;
  pictures: Taken;
}

/** The tree of a result while it is zoomed. */
export async function timeZoom(browser: Browser, address: string, count: number): Promise<Zoomed> {
  const tab = await openTab(browser, address);
  try {
    return await zoomed(tab, await openGauge(tab.page), count);
  } finally {
    await tab.context.close();
  }
}

/** Turns of the wheel from all in view to 10,000 times as large; and a turn that takes few pictures to turn back. */
const [SWEEP, SHORT] = [28, 10];
/** Turns in by `half`, then out by as many. */
const turn = (tab: Pick<Tab, 'page'>, k: number, half: number): Promise<void> =>
  tab.page.mouse.wheel(0, k % (2 * half) < half ? -240 : 240);

async function zoomed(tab: Tab, gauge: Gauge, count: number): Promise<Zoomed> {
  await tab.page.mouse.move(...(await placesOf(tab))(0));
  await tab.press('r');
  const sweeps = 2 * SWEEP * Math.ceil(count / SWEEP);
  const watch = { view: 'tree', canvas: '.tree-canvas' };
  const once = await timeFrames(tab, gauge, sweeps, watch, (k) => turn(tab, k, SWEEP));
  await tab.press('r');
  const pictures = await timePictures(tab, gauge, 4 * count, 'tree', (k) => turn(tab, k, SHORT));
  return { once, pictures };
}

/** From picture to picture of a page that draws nothing but one rectangle: what the browser and the machine leave to be had. */
export async function timeFloor(browser: Browser, count: number): Promise<Taken> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 820 } });
  try {
    const page = await context.newPage();
    await page.setContent('<canvas width="1266" height="193"></canvas>');
    await page.evaluate('globalThis.__name ??= (named) => named');
    await page.evaluate(drawOnWheel);
    await page.mouse.move(400, 100);
    return await timePictures({ page }, await openGauge(page), 4 * count, 'tree', (k) =>
      turn({ page }, k, SHORT),
    );
  } finally {
    await context.close();
  }
}

/** Runs in the page: a view that is drawn anew by every turn of the wheel. */
function drawOnWheel(): void {
  const context = document.querySelector('canvas')!.getContext('2d')!;
  const tree = { draws: 0 };
  let asked = false;
  const draw = (): void => {
    asked = false;
    context.fillStyle = tree.draws++ % 2 === 0 ? '#888' : '#444';
    context.fillRect(0, 0, 1266, 193);
  };
  const onwheel = (event: WheelEvent): void => {
    event.preventDefault();
    if (!asked) requestAnimationFrame(draw);
    asked = true;
  };
  window.addEventListener('wheel', onwheel, { passive: false });
  window.__viewer = { stats: () => ({ draws: { tree } }) } as unknown as NonNullable<typeof window.__viewer>;
}

/** Places in the tree, the same for every run, that lie all over it; pixels of the page. */
async function placesOf(tab: Tab): Promise<(k: number) => [number, number]> {
  const box = (await tab.page.locator('.tree-canvas').boundingBox())!;
  return (k) => [
    box.x + box.width * (0.2 + 0.6 * ((k * 0.381966) % 1)),
    box.y + box.height * (0.2 + 0.6 * ((k * 0.618034) % 1)),
  ];
}

/**
 * The tree of a result while it is zoomed, pointed at, and edited. `wheel` is from a turn of the wheel to its picture, by
 * the event's own clock, which is too much: what drives the browser holds a turn of the wheel back until the page has made
 * a picture, and then it comes with the next one, 17 to 33 ms later of which neither page nor person knows.
 */
export async function timeTree(
  browser: Browser,
  address: string,
  count: number,
): Promise<Zoomed & { wheel: Taken; hover: Taken; edit: Taken }> {
  const tab = await openTab(browser, address);
  try {
    const gauge = await openGauge(tab.page);
    const edit = await timeInputs(tab, gauge, 2 * count, { event: 'keydown', view: 'tree' }, (k) =>
      tab.page.keyboard.press(k % 2 === 0 ? 'u' : 'Control+z'),
    );
    const zoom = await zoomed(tab, gauge, count);
    await tab.press('r');
    const at = await placesOf(tab);
    const wheel = await timeInputs(tab, gauge, count, { event: 'wheel', view: 'tree' }, (k) =>
      turn(tab, k, SHORT),
    );
    await tab.press('r');
    await zoomIn(tab, at(1));
    const hover = await timeHover(tab, at, count);
    return { ...zoom, wheel, hover, edit };
  } finally {
    await tab.context.close();
  }
}

/** Marks of the tree in a picture whose branches are apart, and steps of the wheel that are tried at most. */
const [APART, STEPS] = [500, 60];

/** Zooms the tree until its branches are apart. */
async function zoomIn(tab: Tab, [x, y]: [number, number]): Promise<void> {
  await tab.page.mouse.move(x, y);
  for (let k = 1; k <= STEPS; k++) {
    await tab.page.mouse.wheel(0, -240);
    if (k % 4 > 0) continue;
    await tab.ready();
    const { marks } = await tab.page.evaluate(() => window.__viewer!.stats());
    const { bars, blocks } = marks as { bars: number; blocks: number };
    if (k >= 12 && bars + blocks < APART) return;
  }
}

/** Time from a move of the pointer to the picture with what it points at: to and fro between two branches. */
async function timeHover(tab: Tab, at: (k: number) => [number, number], count: number): Promise<Taken> {
  const gauge = await openGauge(tab.page);
  const places = new Map<unknown, [number, number]>();
  for (let k = 0; places.size < 2 && k < 400; k++) {
    await tab.page.mouse.move(...at(k));
    const { hover } = await tab.page.evaluate(() => window.__viewer!.state());
    if (hover !== -1) places.set(hover, at(k));
  }
  const [one, other] = [...places.values()];
  if (one === undefined || other === undefined) throw new Error('no two branches can be pointed at');
  await tab.page.mouse.move(...other);
  await tab.ready();
  return timeInputs(tab, gauge, count, { event: 'pointermove', view: 'tree' }, (k) =>
    tab.page.mouse.move(...(k % 2 === 0 ? one : other)),
  );
}

/** A movie with pixels: milliseconds from opening to its first picture, and from frame to frame when both are in memory. */
export async function timeMovie(
  browser: Browser,
  address: string,
  count: number,
): Promise<{ firstMs: number; change: Taken }> {
  const tab = await openTab(browser, address);
  try {
    const { firstPictureMs } = await tab.page.evaluate(() => window.__viewer!.stats());
    await tab.press('[', '[', ']', ']');
    const gauge = await openGauge(tab.page);
    const change = await timeInputs(tab, gauge, count, { event: 'keydown', view: 'movie' }, (k) =>
      tab.page.keyboard.press(k % 4 < 2 ? '[' : ']'),
    );
    return { firstMs: Number(firstPictureMs), change };
  } finally {
    await tab.context.close();
  }
}

/** Heap in use, bytes, after a tenth of the frame changes, and after all of them. */
export async function heapOverFrames(
  browser: Browser,
  address: string,
  changes: number,
): Promise<[number, number]> {
  const tab = await openTab(browser, address);
  try {
    const gauge = await openGauge(tab.page);
    const go = async (n: number): Promise<number> => {
      for (let k = 0; k < n; k++) await tab.page.keyboard.press(k % 16 < 8 ? ']' : '[');
      await tab.ready();
      return (await gauge.settled()).heap;
    };
    const first = await go(changes / 10);
    return [first, await go((9 * changes) / 10)];
  } finally {
    await tab.context.close();
  }
}
