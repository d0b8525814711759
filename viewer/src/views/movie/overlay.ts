import { effect } from '@preact/signals-core';
import type { App } from '../../app.ts';
import { formatTime, roundLength } from '../../data/units.ts';
import { h } from '../../dom.ts';
import { planeWords } from '../../state/plane.ts';
import type { MovieView } from '../../state/state.ts';
import { createChannels } from './channels.ts';
import { createLegend } from './legend.ts';

/** Longest scale bar, CSS pixels. */
const BAR_PX = 130;

/** The scale bar leaves the lower right corner, this wide and high (CSS pixels), when the selected cell is there. */
const CORNER = { wide: BAR_PX + 40, high: 70 };
/** A cell so far outside the picture still reaches into it, CSS pixels. */
const OUTSIDE = -30;

/** Time stamp, scale bar and messages over the movie, as text of the page. */
export function createOverlay(
  app: App,
  stage: HTMLElement,
): {
  /** @param selected place of the selected cell from the stage's lower right corner, CSS pixels; null = not in the frame */
  update(
    t: number,
    view: MovieView,
    waiting: boolean,
    selected: { right: number; bottom: number } | null,
  ): void;
} {
  const { data, state } = app;
  const { movie } = data.info.run;
  const loading = h('div', { class: 'waiting', 'aria-hidden': 'true' });
  const time = h('span', { class: 'time-stamp' });
  const plane = h('span', { class: 'plane-stamp' });
  const bar = h('div', { class: 'scale-line' });
  const length = h('span', { class: 'scale-text' });
  const note = h('div', { class: 'movie-note', role: 'status' });
  const channels = createChannels(app);
  if (channels !== null) stage.append(channels);
  stage.append(
    loading,
    h('div', { class: 'stamp' }, time, plane),
    h('div', { class: 'scale' }, bar, length),
    note,
    createLegend(app),
  );

  effect(() => {
    plane.textContent = planeWords(app);
  });
  effect(() => {
    const problem = state.notice.value;
    const absent = data.info.imageProblem;
    note.textContent = problem !== '' ? problem : absent !== null ? `No image: ${absent}` : '';
    note.classList.toggle('is-problem', problem !== '');
  });

  return {
    update(t, view, waiting, selected) {
      const { right, bottom } = selected ?? { right: Number.NaN, bottom: Number.NaN };
      const across = right > OUTSIDE && right < CORNER.wide;
      stage.classList.toggle('scale-above', across && bottom > OUTSIDE && bottom < CORNER.high);
      stage.classList.toggle('is-waiting', waiting);
      loading.textContent = waiting ? `loading frame ${state.t.peek()}` : '';
      time.textContent = formatTime(t, movie.timeStep, app.unit);
      const umPerPx = data.space.umPerUnit / view.k;
      const um = roundLength(BAR_PX * umPerPx);
      bar.style.width = `${um / umPerPx}px`;
      length.textContent = um >= 1000 ? `${um / 1000} mm` : `${um} µm`;
    },
  };
}
