import { effect, signal } from '@preact/signals-core';
import type { App } from '../../app.ts';
import type { PlaneId } from '../../data/frames.ts';
import { divisionInTime } from '../../data/navigate.ts';
import { formatSpan } from '../../data/units.ts';
import { h, iconButton } from '../../dom.ts';
import { drawCrop } from './crop.ts';
import { cellFacts, divisionFacts, divisionIndex, type Fact } from './measures.ts';
import { planeOf, planStrip, STRIP_FRAMES, type Strip } from './strip.ts';

/** Space between the raw crop and the marked one, CSS pixels. */
const GAP = 3;

/** The inspector: a division (or a cell) over seven frames, and what is measured of it. */
export function createInspector(
  app: App,
  copyLink: () => void,
): { element: HTMLElement; settled(): boolean } {
  const { state, data, frames } = app;
  const title = h('h2', {});
  const where = h('span', { class: 'muted' });
  const strip = h('div', { class: 'strip' });
  const facts = h('dl', { class: 'facts' });
  const go = (step: -1 | 1): void => {
    const from = state.event.peek() >= 0 ? state.event.peek() : Math.max(state.selected.peek(), 0);
    const next = divisionInTime(data, from, step);
    if (next >= 0) app.select(next, { go: true });
  };
  const buttons = h(
    'span',
    { class: 'buttons' },
    iconButton('previous', 'Previous division (Shift+N)', () => go(-1)),
    iconButton('next', 'Next division (N)', () => go(1)),
    iconButton('link', 'Copy a link to this view', copyLink),
  );
  if (data.divisions.length === 0) {
    for (const button of [...buttons.querySelectorAll('button')].slice(0, 2)) button.disabled = true;
  }
  const header = h('header', { class: 'tools' }, title, where, h('span', { class: 'spring' }), buttons);
  const element = h('section', { class: 'panel inspector', 'aria-label': 'Inspector' }, header, strip, facts);

  let plan: Strip | null = null;
  let canvases: HTMLCanvasElement[] = [];
  let wanted: PlaneId[] = [];

  function build(): void {
    const { event, selected } = state;
    const isDivision = event.value >= 0;
    const node = isDivision ? event.value : selected.value;
    if (node < 0) {
      plan = null;
      title.textContent = 'Inspector';
      where.textContent = '';
      strip.replaceChildren(h('p', { class: 'empty' }, emptyText(data.divisions.length)));
      facts.replaceChildren();
      return;
    }
    plan = planStrip(data, node, isDivision);
    const b = data.nodes.tracklet[node]!;
    title.textContent = isDivision ? 'Division' : 'Cell';
    const k = divisionIndex(data.divisions, node) + 1;
    where.textContent = isDivision
      ? `of track ${b} · ${k} of ${data.divisions.length}`
      : `track ${b}, no division seen`;
    canvases = plan.frames.map(() => h('canvas', {}));
    strip.style.setProperty('--frames', String(STRIP_FRAMES));
    strip.replaceChildren(
      ...plan.frames.map((frame, i) => {
        const away = frame.t - data.nodes.t[node]! - (isDivision ? 1 : 0);
        const text =
          away === 0
            ? isDivision
              ? 'birth'
              : 'now'
            : `${away > 0 ? '+' : '−'}${shortSpan(app, Math.abs(away))}`;
        return h(
          'button',
          {
            type: 'button',
            class: 'crop',
            'data-t': frame.t,
            'aria-label': `Go to frame ${frame.t}`,
            title: `frame ${frame.t}`,
            onclick: () => app.goTo(frame.t),
          },
          canvases[i]!,
          h('span', {}, text),
        );
      }),
    );
    fill(facts, isDivision ? divisionFacts(app, node) : cellFacts(app, node));
  }

  function want(): void {
    const shown = state.z.value;
    wanted = [];
    for (const frame of plan?.frames ?? []) {
      const { t } = frame;
      const z = planeOf(frame, shown, data.space.depth);
      state.channels.value.forEach((c, channel) => {
        if (c.on && frames.hasImage) wanted.push({ t, channel, z });
      });
      if (frames.hasLabels) wanted.push({ t, channel: -1, z });
    }
    frames.want('inspector', wanted);
  }

  let [drawn, keys] = ['', 0];
  function draw(): void {
    if (plan === null) return;
    const ratio = window.devicePixelRatio || 1;
    const box = canvases[0]?.clientWidth ?? 0;
    if (box === 0) return;
    const px = Math.round(box * ratio);
    const gap = Math.round(GAP * ratio);
    const here = wanted
      .map((id) => Number((id.channel < 0 ? frames.labels(id.t, id.z) : frames.plane(id)) !== undefined))
      .join('');
    const key = [keys, px, here].join('|');
    if (key === drawn) return;
    drawn = key;
    plan.frames.forEach((frame, i) => {
      const canvas = canvases[i]!;
      canvas.width = px;
      canvas.height = 2 * px + gap;
      drawCrop(app, canvas.getContext('2d')!, frame, plan!.half, px, gap, ratio);
    });
  }
  const dirty = app.schedule.add('inspector', draw);

  // Rebuilding the strip comes first; what reads it follows by this number.
  const built = signal(0);
  effect(() => {
    build();
    built.value = built.peek() + 1;
  });
  effect(() => {
    built.value;
    want();
    keys++;
    dirty();
  });
  effect(() => {
    built.value;
    const t = state.t.value;
    for (const button of strip.querySelectorAll<HTMLElement>('.crop')) {
      button.toggleAttribute('data-now', Number(button.dataset.t) === t);
    }
  });
  frames.onArrival(dirty);
  new ResizeObserver(dirty).observe(strip);

  return {
    element,
    settled: () =>
      wanted.every(
        (id) =>
          (id.channel < 0 ? frames.labels(id.t, id.z) : frames.plane(id)) !== undefined ||
          frames.failure(id) !== undefined,
      ),
  };
}

function emptyText(divisions: number): string {
  return divisions === 0
    ? 'No division was found in this movie. Select a cell to look at it.'
    : 'Select a cell, or press N for the next division.';
}

function fill(list: HTMLElement, facts: readonly Fact[]): void {
  list.replaceChildren(
    ...facts.map(({ name, value, title }) => h('div', { title }, h('dt', {}, name), h('dd', {}, value))),
  );
}

/** A span under a crop, where there is little room. */
function shortSpan(app: App, frames: number): string {
  return app.unit.name === 'frame' ? `${frames} fr` : formatSpan(frames, app.unit);
}
