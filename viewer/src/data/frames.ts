import { fetchLabels, fetchPlane } from './api.ts';
import { createCache, isAbort } from './cache.ts';
import { placeLabels } from './labels.ts';
import type { Dataset, LabelPlane, Plane } from './types.ts';

/** Names one plane: of a channel, or of the labels (`channel` = -1). */
export interface PlaneId {
  t: number;
  channel: number;
  z: number | 'max';
}

/** Planes of the movie and its labels: who wants what, what is here, what failed. */
export interface FrameSource {
  readonly hasImage: boolean;
  readonly hasLabels: boolean;
  /** Sets what `owner` wants, most urgent first; requests that nobody wants any more are dropped. */
  want(owner: Owner, planes: readonly PlaneId[]): void;
  plane(id: PlaneId): Plane | undefined;
  labels(t: number, z: number | 'max'): LabelPlane | undefined;
  /** Why a plane did not come, or undefined. */
  failure(id: PlaneId): string | undefined;
  /** Calls back whenever a plane came or failed. */
  onArrival(callback: () => void): void;
  /** Drops the labels of some frames, or of all: the table that they are matched with has changed. */
  forgetLabels(frames?: ReadonlySet<number>): void;
  readonly bytes: number;
  /** Frames with something in memory, for the scrubber. */
  loadedFrames(): Set<number>;
}

/** Owners in order of urgency. */
const OWNERS = ['movie', 'inspector', 'sheet', 'ahead', 'thumbs'] as const;
type Owner = (typeof OWNERS)[number];

const MAX_BYTES = 256 * 2 ** 20;
/** Requests at a time; a browser opens six connections to a host. */
const AT_ONCE = 4;

const keyOf = ({ t, channel, z }: PlaneId): string => `${t}/${channel}/${z}`;

/** The planes of a result, cached. */
export function createFrames(data: Dataset): FrameSource {
  const { run, imageProblem } = data.info;
  const hasImage = imageProblem === null && run.movie.channels.length > 0;
  const wanted = new Map<Owner, Map<string, PlaneId>>(OWNERS.map((owner) => [owner, new Map()]));
  const failures = new Map<string, string>();
  const listeners: (() => void)[] = [];
  const ids = new Map<string, PlaneId>();

  const cache = createCache<Plane>(
    async (key, signal) => {
      const { t, channel, z } = ids.get(key)!;
      if (channel >= 0) return fetchPlane(t, channel, z, signal);
      const raw = await fetchLabels(t, z, signal);
      const [first, end] = [data.frameStart[t]!, data.frameStart[t + 1]!];
      const placed = placeLabels(raw, data.nodes, first, end);
      if ((z === 'max' || run.movie.ndim === 2) && end > first && !placed.data.some((place) => place > 0)) {
        throw new Error(
          `the label image has none of its ${end - first} cells, its file may be missing (morula verify tells)`,
        );
      }
      return placed;
    },
    (plane) => plane.data.byteLength,
    MAX_BYTES,
  );

  function pump(): void {
    for (const owner of OWNERS) {
      for (const [key, id] of wanted.get(owner)!) {
        if (cache.pending >= AT_ONCE) return;
        if (failures.has(key) || cache.peek(key) !== undefined) continue;
        ids.set(key, id);
        cache.load(key).then(arrived, (error: unknown) => {
          if (isAbort(error)) return;
          failures.set(key, error instanceof Error ? error.message : String(error));
          arrived();
        });
      }
    }
  }

  function arrived(): void {
    for (const listener of listeners) listener();
    pump();
  }

  return {
    hasImage,
    hasLabels: run.hasLabels,
    want(owner, planes) {
      const next = new Map(planes.map((id) => [keyOf(id), id] as const));
      const before = wanted.get(owner)!;
      // Coming back to a plane that failed asks for it again.
      for (const key of before.keys()) if (!next.has(key)) failures.delete(key);
      wanted.set(owner, next);
      cache.keepOnly(new Set(OWNERS.flatMap((o) => [...wanted.get(o)!.keys()])));
      pump();
    },
    plane: (id) => cache.peek(keyOf(id)),
    labels: (t, z) => cache.peek(keyOf({ t, channel: -1, z })) as LabelPlane | undefined,
    failure: (id) => failures.get(keyOf(id)),
    forgetLabels(some) {
      for (const key of cache.keys) {
        const [t, channel] = key.split('/');
        if (channel === '-1' && (some === undefined || some.has(Number(t)))) cache.drop(key);
      }
      arrived();
    },
    onArrival: (callback) => void listeners.push(callback),
    get bytes() {
      return cache.bytes;
    },
    loadedFrames: () => new Set(cache.keys.map((key) => Number(key.slice(0, key.indexOf('/'))))),
  };
}
