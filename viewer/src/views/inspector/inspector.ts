import { effect, signal } from '@preact/signals-core';
import type { App } from '../../app.ts';
import type { PlaneId } from '../../data/frames.ts';
import { divisionInTime } from '../../data/navigate.ts';
import { formatSpan } from '../../data/units.ts';
import { h, iconButton, putChildren, setText } from '../../dom.ts';
import { montage } from '../../exports/montage.ts';
import { toPng } from '../../exports/save.ts';
import { savePng } from '../../exports/savePng.ts';
import { withKeys } from '../../keys/hints.ts';
import type { EventKind, LineageEvent } from '../../review/events.ts';
import type { Review } from '../../review/review.ts';
import { STRIP_CHOICES } from '../../state/state.ts';
import { createChoices } from '../review/choices.ts';
import { drawCrop } from './crop.ts';
import { cropPlanes } from './cropPlanes.ts';
import { cellFacts, divisionFacts, divisionIndex, type Fact } from './measures.ts';
import { planStrip, type Strip } from './strip.ts';

const TITLES: Record<EventKind, string> = {
  division: 'Division',
  link: 'Link',
  appearance: 'Appearance',
  disappearance: 'Lost cell',
};
/** The first frame after an event, in a word. */
const MOMENTS: Record<EventKind, string> = {
  division: 'birth',
  link: 'next',
  appearance: 'first seen',
  disappearance: 'lost',
};

/** Space between the raw crop and the marked one, CSS pixels. */
const GAP = 3;
/** Side of a crop in a saved picture, pixels. */
const MONTAGE_PX = 240;

/** The inspector: a division (or a cell) over seven frames, and what is measured of it. */
export function createInspector(
  app: App,
  review: Review,
  copyLink: () => void,
  openSheet: () => void,
): { element: HTMLElement; settled(): boolean } {
  const { state, data, frames } = app;
  const title = h('h2', {});
  const where = h('span', { class: 'muted' });
  const strip = h('div', { class: 'strip' });
  const facts = h('dl', { class: 'facts' });
  const go = (step: -1 | 1): void => {
    const from = state.event.peek() >= 0 ? state.event.peek() : Math.max(state.selected.peek(), 0);
    const next = divisionInTime(data, from, step, app.kept.peek()?.has);
    if (next >= 0) app.select(next, { go: true });
  };
  const buttons = h(
    'span',
    { class: 'buttons' },
    iconButton('previous', 'Previous division ({division-previous})', () => go(-1)),
    iconButton('next', 'Next division ({division-next})', () => go(1)),
    iconButton('download', 'Save these pictures as PNG', () => void save()),
    iconButton('sheet', 'Contact sheet of all divisions ({sheet})', () => openSheet()),
    iconButton('link', 'Copy a link to this view', copyLink),
  );
  effect(() => {
    app.version.value;
    for (const button of [...buttons.querySelectorAll('button')].slice(0, 3)) {
      button.disabled = data.divisions.length === 0;
    }
  });
  const spring = h('span', { class: 'spring' });
  const header = h('header', { class: 'tools' }, title, where, spring, frameChoice(app), buttons);
  const element = h(
    'section',
    { class: 'panel inspector', 'aria-label': 'Inspector' },
    header,
    strip,
    createChoices(app, review),
    facts,
  );

  async function save(): Promise<void> {
    if (plan === null || canvases.length === 0) return;
    const captions = [...strip.querySelectorAll('.when-long')].map((span) => span.textContent ?? '');
    const crops = plan.frames.map((frame, i) => {
      const canvas = h('canvas', { width: MONTAGE_PX, height: 2 * MONTAGE_PX + GAP });
      drawCrop(app, canvas.getContext('2d')!, frame, plan!.half, MONTAGE_PX, GAP, MONTAGE_PX / 80);
      return { canvas, caption: captions[i]! };
    });
    const name = `${data.info.run.movie.name}-${(title.textContent ?? '').toLowerCase()}-${plan.zero}.png`;
    await savePng(name, await toPng(montage(crops)), data.info);
  }
  let plan: Strip | null = null;
  let canvases: HTMLCanvasElement[] = [];
  let wanted: PlaneId[] = [];

  function build(): void {
    app.version.value;
    const item = review.current.value;
    const event: LineageEvent | null =
      item ?? (state.event.value >= 0 ? { kind: 'division', node: state.event.value } : null);
    const isDivision = event?.kind === 'division';
    const node = event?.node ?? state.selected.value;
    if (node < 0) {
      plan = null;
      title.textContent = 'Inspector';
      where.textContent = '';
      stripFor = '';
      strip.replaceChildren(h('p', { class: 'empty' }, emptyText(data.divisions.length)));
      facts.replaceChildren();
      return;
    }
    const wide = state.stripFrames.value;
    plan = planStrip(data, node, event, review.choices.value?.others ?? [], wide);
    const b = data.nodes.tracklet[node]!;
    setText(title, event === null ? 'Cell' : TITLES[event.kind]);
    const k = divisionIndex(data.divisions, node) + 1;
    setText(
      where,
      isDivision
        ? `track ${b} · ${k} / ${data.divisions.length}`
        : event === null
          ? `track ${b}, no division seen`
          : `track ${b}`,
    );
    buildStrip(plan, event, wide);
    fill(facts, isDivision ? divisionFacts(app, node, review.sure(event)) : cellFacts(app, node));
  }

  let stripFor = '';
  /** The buttons of the strip; they stay as long as they say the same. */
  function buildStrip({ frames: all, zero }: Strip, event: LineageEvent | null, wide: number): void {
    const texts = all.map(({ t }) => {
      if (t === zero) return event === null ? 'now' : MOMENTS[event.kind];
      return `${t > zero ? '+' : '−'}${shortSpan(app, Math.abs(t - zero))}`;
    });
    const next = [wide, ...all.map(({ t }, i) => `${t} ${texts[i]}`)].join('|');
    if (next === stripFor) return;
    stripFor = next;
    canvases = all.map(() => h('canvas', {}));
    strip.style.setProperty('--frames', String(wide));
    strip.replaceChildren(
      ...all.map(({ t }, i) => {
        // Small pictures leave no room for the unit, but beside the last.
        const text = texts[i]!;
        const last = i === all.length - 1 && all.length > 1;
        const short = t === zero ? text.replace(/.* /, '') : last ? text : text.replace(/ .*/, '');
        return h(
          'button',
          {
            type: 'button',
            class: 'crop',
            'data-t': t,
            'aria-label': `${text}: go to frame ${t}`,
            title: `${text}, frame ${t}`,
            onclick: () => app.goTo(t),
          },
          canvases[i]!,
          h('span', { class: 'when-long' }, text),
          h('span', { class: 'when-short', 'aria-hidden': 'true' }, short),
        );
      }),
    );
  }

  function want(): void {
    wanted = plan?.frames.flatMap((frame) => cropPlanes(app, frame, plan!.half)) ?? [];
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
    const here = wanted.map((id) => Number(frames.plane(id) !== undefined)).join('');
    const key = [keys, px, here].join('|');
    if (key === drawn) return;
    drawn = key;
    plan.frames.forEach((frame, i) => {
      const canvas = canvases[i]!;
      if (canvas.width !== px) canvas.width = px;
      if (canvas.height !== 2 * px + gap) canvas.height = 2 * px + gap;
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
  followPointer(strip);
  frames.onArrival(dirty);
  new ResizeObserver(dirty).observe(strip);

  return {
    element,
    settled: () => wanted.every(frames.known),
  };
}

/** How many frames the strip has. */
function frameChoice({ state }: App): HTMLElement {
  const list = h('select', {
    class: 'select frame-choice',
    'aria-label': 'Frames shown',
    title: 'Frames shown',
    onchange: () => {
      state.stripFrames.value = Number(list.value);
      localStorage.setItem('morula-strip', list.value);
    },
  });
  list.append(...STRIP_CHOICES.map((n) => h('option', { value: n }, String(n))));
  effect(() => {
    list.value = String(state.stripFrames.value);
  });
  return list;
}

/** A ring in every picture of the strip where the pointer is in one of them: who counts cells finds the same place. */
function followPointer(strip: HTMLElement): void {
  strip.addEventListener('pointermove', (event) => {
    const canvas = event.target;
    const on = canvas instanceof HTMLCanvasElement;
    strip.toggleAttribute('data-ghost', on);
    if (!on) return;
    const { left, top, width, height } = canvas.getBoundingClientRect();
    const second = height - width;
    const y = event.clientY - top;
    strip.style.setProperty('--ghost-x', `${event.clientX - left}px`);
    strip.style.setProperty('--ghost-raw', `${y < second ? y : y - second}px`);
    strip.style.setProperty('--ghost-marked', `${y < second ? y + second : y}px`);
  });
  strip.addEventListener('pointerleave', () => strip.removeAttribute('data-ghost'));
}

function emptyText(divisions: number): string {
  return divisions === 0
    ? 'No division was found in this movie. Select a cell to look at it.'
    : withKeys('Select a cell, or press {review-next} for the next doubtful place.');
}

function fill(list: HTMLElement, facts: readonly Fact[]): void {
  putChildren(
    list,
    facts.map(({ name, value, title }) => h('div', { title }, h('dt', {}, name), h('dd', {}, value))),
  );
}

/** A span under a crop, where there is little room. */
function shortSpan(app: App, frames: number): string {
  return app.unit.name === 'frame' ? `${frames} fr` : formatSpan(frames, app.unit).replace('.0 ', ' ');
}
