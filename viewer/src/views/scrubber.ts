import { effect } from '@preact/signals-core';
import { area, curveMonotoneX, max, scaleLinear, select } from 'd3';
import type { App } from '../app.ts';
import { formatCount, formatTime } from '../data/units.ts';
import { h, icon, putChildren, setText } from '../dom.ts';
import { withKeys } from '../keys/hints.ts';
import { SPEEDS } from '../state/state.ts';

const [SPARK_WIDTH, SPARK_HEIGHT] = [1000, 32];
/** Time after a change until the ticks of the divisions follow. */
const TICKS_MS = 120;

const SPEED_NAMES: Record<number, string> = { 0.25: '¼', 0.5: '½' };

/** The time line: play, how fast, position, and the number of cells behind it with a tick at every division, and a line over the frames in memory. */
export function createScrubber(app: App): HTMLElement {
  const { state, data } = app;
  const { movie } = data.info.run;
  const last = Math.max(data.nFrames - 1, 1);
  const play = h('button', {
    type: 'button',
    class: 'icon-button play',
    onclick: () => (state.playing.value = !state.playing.value),
  });
  effect(() => {
    const name = state.playing.value ? 'pause' : 'play';
    play.replaceChildren(icon(name));
    play.setAttribute('aria-label', name);
    play.title = withKeys(`${name} ({play})`);
  });
  const speed = h('select', {
    class: 'select speed',
    'aria-label': 'Speed',
    title: 'How fast the movie plays, where its pixels come as fast',
    onchange: () => (state.speed.value = Number(speed.value)),
  });
  speed.append(...SPEEDS.map((one) => h('option', { value: one }, `${SPEED_NAMES[one] ?? one}×`)));
  effect(() => {
    speed.value = String(state.speed.value);
  });
  const input = h('input', {
    type: 'range',
    class: 'time',
    min: 0,
    max: data.nFrames - 1,
    step: 1,
    'aria-label': 'Frame',
    oninput: () => {
      state.playing.value = false;
      app.goTo(Number(input.value));
    },
  });
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('class', 'spark');
  svg.setAttribute('aria-hidden', 'true');
  svg.setAttribute('preserveAspectRatio', 'none');
  select(svg).attr('viewBox', `0 0 ${SPARK_WIDTH} ${SPARK_HEIGHT}`);
  const spark = select(svg).append('path').attr('class', 'spark-area');
  const ticks = select(svg).append('path').attr('class', 'spark-ticks');
  let drawnFor: Int32Array | null = null;
  let timer = 0;
  effect(() => {
    app.version.value;
    // An edit of links leaves the number of cells as it is.
    if (drawnFor !== data.frameStart) spark.attr('d', sparkArea(app));
    drawnFor = data.frameStart;
    window.clearTimeout(timer);
    timer = window.setTimeout(() => ticks.attr('d', sparkTicks(app)), TICKS_MS);
  });
  const loaded = select(svg).append('path').attr('class', 'spark-loaded');
  app.frames.onArrival(
    app.schedule.add('scrubber', () => {
      const step = SPARK_WIDTH / last;
      const runs = Array.from(app.frames.loadedFrames(), (t) => `M${(t - 0.5) * step},0.8h${step}`);
      loaded.attr('d', runs.join(''));
    }),
  );
  const track = h('div', { class: 'track' }, svg, h('div', { class: 'needle' }), input);
  // Without a time step the time is the frame already.
  const timed = app.unit.name !== 'frame';
  const text = h('div', { class: 'clock', 'data-timed': timed });
  const cells = h('div', { class: 'clock-cells muted' });
  effect(() => {
    app.version.value;
    const t = state.t.value;
    input.value = String(t);
    const n = data.frameStart[t + 1]! - data.frameStart[t]!;
    input.setAttribute(
      'aria-valuetext',
      `${timed ? `frame ${t}, ` : ''}${formatTime(t, movie.timeStep, app.unit)}, ${n} cells`,
    );
    putChildren(text, [
      h('strong', {}, formatTime(t, movie.timeStep, app.unit)),
      h('span', { class: 'muted' }, `${timed ? `${formatCount(t)} ` : ''}/ ${formatCount(data.nFrames - 1)}`),
    ]);
    setText(cells, `${formatCount(n)} ${n === 1 ? 'cell' : 'cells'}`);
    track.style.setProperty('--at', String(t / last));
  });
  const element = h(
    'section',
    { class: 'panel scrubber', 'aria-label': 'Time' },
    play,
    speed,
    text,
    track,
    cells,
  );
  // Over a tree whose time runs to the right, whole, both have one axis.
  effect(() => {
    const { treeDown, treeAxis, treeView, lower } = state;
    const right = !treeDown.value && treeAxis.value === 'time' && lower.value === 'tree';
    element.toggleAttribute('data-aligned', right && treeView.value === null);
  });
  return element;
}

/** Cells per frame as an area. */
function sparkArea({ data: { frameStart, nFrames } }: App): string {
  const counts = Array.from({ length: nFrames }, (_, t) => frameStart[t + 1]! - frameStart[t]!);
  const x = scaleLinear([0, Math.max(nFrames - 1, 1)], [0, SPARK_WIDTH]);
  const y = scaleLinear([0, max(counts) || 1], [SPARK_HEIGHT - 5, 2]);
  const shape = area<number>(
    (_, t) => x(t),
    SPARK_HEIGHT - 5,
    (n) => y(n),
  ).curve(curveMonotoneX);
  return shape(nFrames > 1 ? counts : [...counts, ...counts]) ?? '';
}

/** Divisions per frame, as ticks below. */
function sparkTicks({ data: { nFrames, divisions, nodes } }: App): string {
  const per = new Float64Array(nFrames);
  for (const node of divisions) per[nodes.t[node]!]!++;
  const most = max(per) || 1;
  const step = SPARK_WIDTH / Math.max(nFrames - 1, 1);
  let ticks = '';
  per.forEach((n, t) => {
    if (n > 0) ticks += `M${t * step},${SPARK_HEIGHT}v${-(1.5 + (3.5 * n) / most)}`;
  });
  return ticks;
}
