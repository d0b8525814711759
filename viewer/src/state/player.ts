import { effect } from '@preact/signals-core';
import type { App } from '../app.ts';

/** Frames a second while playing, and at most so long for the whole movie. */
const SLOWEST = 8;
const FASTEST = 30;
const WHOLE_SECONDS = 20;

/** Plays the movie: the next frame follows when its time has come and its pixels are here, never skipping one. */
export function createPlayer(app: App, isHere: (t: number) => boolean): void {
  const { state, data } = app;
  const usual = Math.min(FASTEST, Math.max(SLOWEST, data.nFrames / WHOLE_SECONDS));
  effect(() => {
    if (!state.playing.value) return;
    const rate = usual * state.speed.value;
    let due = performance.now() + 1000 / rate;
    let request = requestAnimationFrame(step);
    function step(now: number): void {
      request = requestAnimationFrame(step);
      const t = state.t.peek();
      const next = t + 1 < data.nFrames ? t + 1 : 0;
      if (now < due || !isHere(t)) return;
      due = Math.max(due + 1000 / rate, now);
      state.t.value = next;
    }
    return () => cancelAnimationFrame(request);
  });
}
