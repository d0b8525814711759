import { effect, type ReadonlySignal } from '@preact/signals-core';
import type { App } from '../../app.ts';
import type { PlaneId } from '../../data/frames.ts';
import { pixelsOf } from '../../data/levels.ts';
import type { LabelPlane, Plane } from '../../data/types.ts';
import type { ImageBackend, ShownChannel } from '../../image/backend.ts';
import { percentileWindow, sampleValues } from '../../image/windowing.ts';
import { createDetail, type Looking, type Want } from './detail.ts';
import { troubleOf } from './trouble.ts';

/** Frames fetched ahead in the direction of travel. */
const AHEAD = 8;
/** Bytes that they take at most, about. */
const AHEAD_BYTES = 128 * 2 ** 20;
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
  /** The shown plane of a channel, for its histogram. */
  plane(channel: number): Plane | undefined;
  /** World units that a pixel of what is shown is wide. */
  step(): number;
  onChange(callback: () => void): void;
}

/** Keeps the backend fed with the frame shown, fetches ahead, and says so when a plane does not come. */
export function createPlanes(
  app: App,
  backend: ImageBackend,
  looking: ReadonlySignal<Looking | null>,
): Planes {
  const { state, frames, data } = app;
  const { wants, hasty } = createDetail(app, looking);
  let shown = state.t.peek();
  let current: LabelPlane | null = null;
  let picture = false;
  let given: readonly ShownChannel[] = [];
  let planes = new Map<number, Plane>();
  let settled = !frames.hasImage && !frames.hasLabels;
  let last = state.t.peek();
  let direction = 1;
  const listeners: (() => void)[] = [];

  const idsOf = (t: number, want: Want): PlaneId[] => {
    const z = state.z.value;
    const ids: PlaneId[] = [];
    if (frames.hasImage) {
      state.channels.value.forEach((c, channel) => {
        if (c.on) ids.push({ t, channel, z, ...want });
      });
    }
    if (frames.hasLabels) ids.push({ t, channel: -1, z, ...want });
    return ids;
  };
  const besides = (ids: readonly PlaneId[]): PlaneId[] =>
    [1, -1].flatMap((step) =>
      ids.flatMap((id) => {
        const z = id.z === 'max' ? -1 : id.z + step;
        return z >= 0 && z < data.space.depth ? [{ ...id, z }] : [];
      }),
    );

  /** First window of a channel, from the first plane that comes, until the server has measured the movie. */
  function firstWindow(): void {
    const channels = state.channels.peek();
    const next = channels.map((c, channel) => {
      const plane = planes.get(channel);
      if (!Number.isNaN(c.low) || plane === undefined) return c;
      const all = { x0: 0, y0: 0, x1: plane.width, y1: plane.height };
      return { ...c, ...percentileWindow(sampleValues(plane, all, SAMPLES), LOW_PERCENT, HIGH_PERCENT) };
    });
    if (next.some((c, k) => c !== channels[k])) state.channels.value = next;
  }

  /** Puts planes on screen. */
  function put(t: number, ids: readonly PlaneId[]): void {
    const found = ids
      .filter(({ channel }) => channel >= 0)
      .map((id) => [id.channel, frames.plane(id)] as const);
    planes = new Map(found.flatMap(([channel, plane]) => (plane === undefined ? [] : [[channel, plane]])));
    firstWindow();
    shown = t;
    const labels = ids.find(({ channel }) => channel < 0);
    current = labels === undefined ? null : (frames.labels(t, labels.z, labels) ?? null);
    const channels = [...planes].map(([k, plane]) => ({ plane, ...state.channels.peek()[k]! }));
    if (!same(channels, given)) backend.setChannels(channels);
    given = channels;
    picture = channels.length > 0;
  }

  function show(): void {
    const want = wants.peek();
    if (want === null) return;
    const t = state.t.peek();
    const [sharp, coarse] = [idsOf(t, want.sharp), idsOf(t, want.coarse)];
    const wanted = hasty.peek() ? coarse : sharp;
    settled = wanted.every(frames.known);
    if (settled) put(t, wanted);
    else if (coarse.every(frames.known)) put(t, coarse);
    state.notice.value = troubleOf(frames, settled ? wanted : coarse, data.info.run.movie.ndim === 2);
    for (const listener of listeners) listener();
  }

  /** Frames that may be fetched ahead. */
  const ahead = (ids: readonly PlaneId[]): number => {
    const bytes = ids.reduce((sum, { channel, level, part }) => {
      return sum + (channel < 0 ? 4 : 2) * pixelsOf(frames.levels[level ?? 0]!, part);
    }, 1);
    return Math.min(AHEAD, Math.max(1, Math.floor(AHEAD_BYTES / bytes)));
  };

  effect(() => {
    const [t, want] = [state.t.value, wants.value];
    if (t !== last) direction = t > last ? 1 : -1;
    last = t;
    if (want === null) return;
    const coarse = idsOf(t, want.coarse);
    frames.want('movie', hasty.value ? coarse : [...coarse, ...idsOf(t, want.sharp)]);
    // In 3D the planes above and below first: who looks through a stack goes one by one.
    const next = besides(coarse);
    for (let k = 1; k <= ahead(coarse); k++) {
      const then = t + k * direction;
      if (then >= 0 && then < data.nFrames) next.push(...idsOf(then, want.coarse));
    }
    frames.want('ahead', next);
    show();
  });
  frames.onArrival(show);

  return {
    shown: () => shown,
    labels: () => current,
    hasPicture: () => picture,
    settled: () => settled && shown === state.t.peek() && (!hasty.peek() || state.playing.peek()),
    plane: (channel) => planes.get(channel),
    step: () => [...planes.values()][0]?.at?.step ?? 1,
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
