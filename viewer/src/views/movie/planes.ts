import { effect } from '@preact/signals-core';
import type { App } from '../../app.ts';
import type { PlaneId } from '../../data/frames.ts';
import type { LabelPlane, Plane } from '../../data/types.ts';
import type { ImageBackend, ShownChannel } from '../../image/backend.ts';
import { percentileWindow, sampleValues } from '../../image/windowing.ts';
import { troubleOf } from './trouble.ts';

/** Frames fetched ahead in the direction of travel. */
const AHEAD = 8;
const LOW_PERCENT = 1;
const HIGH_PERCENT = 99.7;
const SAMPLES = 40_000;

/** The planes on screen: what is shown, which may lag behind what is asked for. */
export interface Planes {
  /** Frame that is on screen. */
  shown(): number;
  labels(): LabelPlane | null;
  /** Is there an image (or labels) under the marks? */
  hasPicture(): boolean;
  /** Is the frame asked for on screen, or known to be unavailable? */
  settled(): boolean;
  /** Is frame `t` in memory as it would be shown? */
  here(t: number): boolean;
  /** The shown plane of a channel, for its histogram. */
  plane(channel: number): Plane | undefined;
  onChange(callback: () => void): void;
}

/** Keeps the backend fed with the frame shown, fetches ahead, and says so when a plane does not come. */
export function createPlanes(app: App, backend: ImageBackend): Planes {
  const { state, frames, data } = app;
  let shown = state.t.peek();
  let current: LabelPlane | null = null;
  let picture = false;
  let given: readonly ShownChannel[] = [];
  let settled = !frames.hasImage && !frames.hasLabels;
  let last = state.t.peek();
  let direction = 1;
  const listeners: (() => void)[] = [];

  const idsOf = (t: number): PlaneId[] => {
    const z = state.z.value;
    const ids: PlaneId[] = [];
    if (frames.hasImage) {
      state.channels.value.forEach((c, channel) => {
        if (c.on) ids.push({ t, channel, z });
      });
    }
    if (frames.hasLabels) ids.push({ t, channel: -1, z });
    return ids;
  };
  const besides = (ids: readonly PlaneId[]): PlaneId[] =>
    [1, -1].flatMap((step) =>
      ids.flatMap((id) => {
        const z = id.z === 'max' ? -1 : id.z + step;
        return z >= 0 && z < data.space.depth ? [{ ...id, z }] : [];
      }),
    );
  const present = (id: PlaneId): boolean =>
    (id.channel < 0 ? frames.labels(id.t, id.z) : frames.plane(id)) !== undefined;

  /** First window of a channel, from the first plane that comes, until the server has measured the movie. */
  function firstWindow(t: number): void {
    const channels = state.channels.peek();
    const next = channels.map((c, channel) => {
      const plane = frames.plane({ t, channel, z: state.z.peek() });
      if (!Number.isNaN(c.low) || plane === undefined) return c;
      const all = { x0: 0, y0: 0, x1: plane.width, y1: plane.height };
      return { ...c, ...percentileWindow(sampleValues(plane, all, SAMPLES), LOW_PERCENT, HIGH_PERCENT) };
    });
    if (next.some((c, k) => c !== channels[k])) state.channels.value = next;
  }

  function show(): void {
    const t = state.t.peek();
    const ids = idsOf(t);
    settled = ids.every((id) => present(id) || frames.failure(id) !== undefined);
    if (settled) {
      firstWindow(t);
      shown = t;
      current = frames.labels(t, state.z.peek()) ?? null;
      const channels = ids.flatMap((id) => {
        const plane = id.channel < 0 ? undefined : frames.plane(id);
        return plane === undefined ? [] : [{ plane, ...state.channels.peek()[id.channel]! }];
      });
      if (!same(channels, given)) backend.setChannels(channels);
      given = channels;
      picture = channels.length > 0;
    }
    state.notice.value = troubleOf(frames, ids, data.info.run.movie.ndim === 2);
    for (const listener of listeners) listener();
  }

  effect(() => {
    const t = state.t.value;
    if (t !== last) direction = t > last ? 1 : -1;
    last = t;
    frames.want('movie', idsOf(t));
    // In 3D the planes above and below first: who looks through a stack goes one by one.
    const ahead = besides(idsOf(t));
    for (let k = 1; k <= AHEAD; k++) {
      const next = t + k * direction;
      if (next >= 0 && next < data.nFrames) ahead.push(...idsOf(next));
    }
    frames.want('ahead', ahead);
    show();
  });
  frames.onArrival(show);

  return {
    shown: () => shown,
    labels: () => current,
    hasPicture: () => picture,
    settled: () => settled && shown === state.t.peek(),
    here: (t) => idsOf(t).every((id) => present(id) || frames.failure(id) !== undefined),
    plane: (channel) => frames.plane({ t: shown, channel, z: state.z.peek() }),
    onChange: (callback) => void listeners.push(callback),
  };
}

/** Would both lists of channels give the same picture? */
function same(a: readonly ShownChannel[], b: readonly ShownChannel[]): boolean {
  return (
    a.length === b.length &&
    a.every((c, k) => {
      const o = b[k]!;
      return (
        c.plane === o.plane &&
        c.low === o.low &&
        c.high === o.high &&
        c.gamma === o.gamma &&
        c.colour === o.colour
      );
    })
  );
}
