import { effect } from '@preact/signals-core';
import { bin, brushX, type D3BrushEvent, max, scaleLinear, scaleSqrt, select } from 'd3';
import type { App } from '../../app.ts';
import { h } from '../../dom.ts';
import { css, type Rgb } from '../../image/palette.ts';
import { percentileWindow, type Rect, sampleValues } from '../../image/windowing.ts';
import type { ChannelState } from '../../state/state.ts';
import type { Planes } from './planes.ts';

const [WIDTH, HEIGHT] = [252, 56];
const BINS = 84;
const SAMPLES = 30_000;

/** Two grey values with the decimals that tell hundredths of the way between them apart; `–` where they are not known. */
function rangeText(low: number, high: number): string {
  if (!(high > low)) return '–';
  const decimals = Math.min(6, Math.max(0, 2 - Math.floor(Math.log10(high - low))));
  return `${low.toFixed(decimals)} – ${high.toFixed(decimals)}`;
}

/** Black, white and gamma of every channel: a histogram with a brush. */
export function createContrast(
  app: App,
  planes: Planes,
  visible: () => Rect,
): { element: HTMLElement; setOpen(open: boolean): void } {
  let open = false;
  const { channels } = app.data.info.run.movie;
  const rows = channels.map((channel, k) =>
    createRow(app, planes, visible, k, channel.name, channels.length > 1),
  );
  const element = h('div', { class: 'contrast' }, ...rows.map((row) => row.element));
  const refresh = (): void => {
    if (open) for (const row of rows) row.refresh();
  };
  planes.onChange(refresh);
  return {
    element,
    setOpen(next) {
      open = next;
      refresh();
    },
  };
}

function createRow(
  app: App,
  planes: Planes,
  visible: () => Rect,
  k: number,
  name: string,
  several: boolean,
): { element: HTMLElement; refresh(): void } {
  const { state } = app;
  const set = (change: Partial<ChannelState>): void => {
    state.channels.value = state.channels.value.map((c, i) => (i === k ? { ...c, ...change } : c));
  };
  const svg = select(document.createElementNS('http://www.w3.org/2000/svg', 'svg'))
    .attr('viewBox', `0 0 ${WIDTH} ${HEIGHT}`)
    .attr('class', 'histogram')
    .attr('aria-hidden', 'true');
  const bars = svg.append('path').attr('class', 'bars');
  const holder = svg.append('g').attr('class', 'brush');
  const x = scaleLinear().range([0, WIDTH]);
  let moving = false;
  const brush = brushX<unknown>()
    .extent([
      [0, 0],
      [WIDTH, HEIGHT],
    ])
    .on('brush', (event: D3BrushEvent<unknown>) => {
      if (moving || event.selection === null) return;
      const [low, high] = (event.selection as [number, number]).map((px) => x.invert(px)) as [number, number];
      if (high > low) set({ low, high, auto: false });
    });
  holder.call(brush);

  const range = h('span', { class: 'value' });
  const gamma = h('input', {
    type: 'range',
    min: 0.3,
    max: 2,
    step: 0.05,
    'aria-label': `Gamma of ${name}`,
    oninput: () => set({ gamma: Number(gamma.value), auto: false }),
  });
  const gammaText = h('span', { class: 'value' });
  const auto = h('button', { type: 'button', class: 'choice', title: 'From what is in view now' }, 'Auto');
  auto.addEventListener('click', () => {
    const plane = planes.plane(k);
    if (plane === undefined) return;
    const values = sampleValues(plane, visible(), SAMPLES);
    set({ ...percentileWindow(values, 1, 99.7), auto: false });
  });
  const shown = h('input', {
    type: 'checkbox',
    'aria-label': `Show ${name}`,
    onchange: () => set({ on: shown.checked }),
  });
  const tint = h('input', {
    type: 'color',
    class: 'tint',
    'aria-label': `Colour of ${name}`,
    oninput: () => set({ colour: Number.parseInt(tint.value.slice(1), 16) as Rgb }),
  });
  effect(() => {
    const c = state.channels.value[k];
    if (c === undefined) return;
    range.textContent = rangeText(c.low, c.high);
    gamma.value = String(c.gamma);
    gammaText.textContent = c.gamma.toFixed(2);
    shown.checked = c.on;
    tint.value = css(c.colour);
  });

  const element = h(
    'div',
    { class: 'contrast-row' },
    h('div', { class: 'contrast-head' }, several ? shown : null, h('strong', {}, name), range, tint, auto),
    svg.node()!,
    h('label', { class: 'slider' }, 'Gamma', gamma, gammaText),
  );
  return {
    element,
    refresh() {
      const plane = planes.plane(k);
      const c = state.channels.peek()[k];
      if (plane === undefined || c === undefined || Number.isNaN(c.low)) return;
      const all = { x0: 0, y0: 0, x1: plane.width, y1: plane.height };
      const values = sampleValues(plane, all, SAMPLES);
      const { low, high } = percentileWindow(values, 0, 99.95);
      const span = Math.max(high, c.high) - Math.min(low, c.low);
      x.domain([Math.min(low, c.low) - 0.03 * span, Math.max(high, c.high) + 0.03 * span]);
      const counted = bin()
        .domain(x.domain() as [number, number])
        .thresholds(BINS)(values);
      const y = scaleSqrt([0, max(counted, (b) => b.length) ?? 1], [HEIGHT, 4]);
      bars.attr(
        'd',
        counted.map((b) => `M${x(b.x0!)},${HEIGHT}V${y(b.length)}H${x(b.x1!) - 0.4}V${HEIGHT}Z`).join(''),
      );
      moving = true;
      holder.call(brush.move, [x(c.low), x(c.high)]);
      moving = false;
    },
  };
}
