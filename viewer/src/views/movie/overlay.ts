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

/** Time stamp, scale bar and messages over the movie, as text of the page. */
export function createOverlay(
  app: App,
  stage: HTMLElement,
): { update(t: number, view: MovieView, waiting: boolean): void } {
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
    update(t, view, waiting) {
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
