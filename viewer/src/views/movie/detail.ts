import { computed, effect, type ReadonlySignal, signal } from '@preact/signals-core';
import type { App } from '../../app.ts';
import type { PlaneId } from '../../data/frames.ts';
import { hasDetail, levelFor, type Part, roomAround } from '../../data/levels.ts';

/** What is in view: device pixels for one world unit, and a part of the picture, world units. */
export interface Looking {
  k: number;
  part: Part;
}

/** How much of a plane is asked for. */
export type Want = Pick<PlaneId, 'level' | 'part'>;

/** Pixels of the screen that a pixel may be wide at rest, and while the movie plays or the view moves. */
const [SHARP, COARSE] = [1, 2];
/** The view is at rest when it has not moved for so long, ms. */
const REST_MS = 150;

/** How finely planes are asked for. */
export interface Detail {
  /** As sharp as the screen is, and one level coarser at most; alike where planes are small. Null = no view is known yet. */
  wants: ReadonlySignal<{ sharp: Want; coarse: Want } | null>;
  /** Is the coarse one enough for now? */
  hasty: ReadonlySignal<boolean>;
}

/** The level of resolution and the part of planes that suit what is in view. */
export function createDetail({ state, frames }: App, looking: ReadonlySignal<Looking | null>): Detail {
  if (!hasDetail(frames.levels)) {
    const all = { sharp: {}, coarse: {} };
    return { wants: signal(all), hasty: signal(false) };
  }
  const moving = signal(false);
  let timer = 0;
  let seen: unknown;
  effect(() => {
    const view = state.movieView.value;
    if (seen !== undefined && seen !== view) {
      moving.value = true;
      window.clearTimeout(timer);
      timer = window.setTimeout(() => {
        moving.value = false;
      }, REST_MS);
    }
    seen = view;
  });
  const wantFor = ({ k, part }: Looking, most: number): Want => {
    const level = levelFor(frames.levels, k, most);
    return { level, part: roomAround(part, frames.levels[level]!) };
  };
  // As text, so that a view that asks for the same changes nothing.
  const key = computed(() => {
    const now = looking.value;
    return now === null ? '' : JSON.stringify([wantFor(now, SHARP), wantFor(now, COARSE)]);
  });
  return {
    wants: computed(() => {
      if (key.value === '') return null;
      const [sharp, coarse] = JSON.parse(key.value) as [Want, Want];
      return { sharp, coarse };
    }),
    hasty: computed(() => state.playing.value || moving.value),
  };
}
