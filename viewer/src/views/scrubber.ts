import { effect } from '@preact/signals-core';
import { area, curveMonotoneX, max, type Selection, scaleLinear, select } from 'd3';
import type { App } from '../app.ts';
import { formatCount, formatTime } from '../data/units.ts';
import { h, icon } from '../dom.ts';
import { withKeys } from '../keys/hints.ts';

const SPARK_WIDTH = 1000;

/** The time line: play, position, and the number of cells behind it with a tick at every division, and a line over the frames in memory. */
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
  const shape = select(svg).append('g');
  effect(() => {
    app.version.value;
    shape.selectAll('*').remove();
    drawSpark(svg, shape, app);
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
  const text = h('div', { class: 'clock' });
  const cells = h('div', { class: 'clock-cells muted' });
  effect(() => {
    app.version.value;
    const t = state.t.value;
    input.value = String(t);
    const n = data.frameStart[t + 1]! - data.frameStart[t]!;
    input.setAttribute(
      'aria-valuetext',
      `frame ${t}, ${formatTime(t, movie.timeStep, app.unit)}, ${n} cells`,
    );
    text.replaceChildren(
      h('strong', {}, app.unit.name === 'frame' ? `frame ${t}` : formatTime(t, movie.timeStep, app.unit)),
      h('span', { class: 'muted' }, `${t} / ${data.nFrames - 1}`),
    );
    cells.textContent = `${formatCount(n)} ${n === 1 ? 'cell' : 'cells'}`;
    track.style.setProperty('--at', String(t / last));
  });
  return h('section', { class: 'panel scrubber', 'aria-label': 'Time' }, play, text, track, cells);
}

/** Cells per frame as an area, divisions as ticks below. */
function drawSpark(
  svg: SVGSVGElement,
  chart: Selection<SVGGElement, unknown, null, undefined>,
  app: App,
): void {
  const { frameStart, nFrames, divisions, nodes } = app.data;
  const [width, height] = [SPARK_WIDTH, 32];
  const counts = Array.from({ length: nFrames }, (_, t) => frameStart[t + 1]! - frameStart[t]!);
  const x = scaleLinear([0, Math.max(nFrames - 1, 1)], [0, width]);
  const y = scaleLinear([0, max(counts) || 1], [height - 5, 2]);
  const shape = area<number>(
    (_, t) => x(t),
    height - 5,
    (n) => y(n),
  ).curve(curveMonotoneX);
  select(svg).attr('viewBox', `0 0 ${width} ${height}`);
  chart
    .append('path')
    .attr('class', 'spark-area')
    .attr('d', shape(nFrames > 1 ? counts : [...counts, ...counts]));
  const per = new Float64Array(nFrames);
  for (const node of divisions) per[nodes.t[node]!]!++;
  const most = max(per) || 1;
  let ticks = '';
  per.forEach((n, t) => {
    if (n > 0) ticks += `M${x(t)},${height}v${-(1.5 + (3.5 * n) / most)}`;
  });
  chart.append('path').attr('class', 'spark-ticks').attr('d', ticks);
}
