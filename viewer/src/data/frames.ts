import { fetchLabels, fetchPlane } from './api.ts';
import { createCache, isAbort } from './cache.ts';
import { placeLabels } from './labels.ts';
import { joinTiles, type Part, placeOf, type Tile, tilesOf } from './levels.ts';
import type { Dataset, LabelPlane, Level, Plane } from './types.ts';

/** Names one plane: of a channel, or of the labels (`channel` = -1). */
export interface PlaneId {
  t: number;
  channel: number;
  z: number | 'max';
  /** Place in the movie's levels, default 0, the finest. */
  level?: number;
  /** Of a large plane that part suffices, world units; what comes covers it, or is all. */
  part?: Part;
}

/** One request: a plane or a tile of it. */
interface Piece {
  id: PlaneId;
  tile: Tile;
}

/** Planes of the movie and its labels: who wants what, what is here, what failed. */
export interface FrameSource {
  readonly hasImage: boolean;
  readonly hasLabels: boolean;
  /** Resolutions, finest first. */
  readonly levels: readonly Level[];
  /** Sets what `owner` wants, most urgent first; requests that nobody wants any more are dropped. */
  want(owner: Owner, planes: readonly PlaneId[]): void;
  plane(id: PlaneId): Plane | undefined;
  labels(t: number, z: number | 'max', detail?: Pick<PlaneId, 'level' | 'part'>): LabelPlane | undefined;
  /** Is it here, or known not to come? */
  known(id: PlaneId): boolean;
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

/** Planes made of tiles that are kept beside the tiles. */
const JOINED = 8;

const keyOf = ({ id: { t, channel, z }, tile: { level, square } }: Piece): string =>
  `${t}/${channel}/${z}/${level}${square === null ? '' : `/${square.x0}/${square.y0}`}`;

/** The planes of a result, cached. */
export function createFrames(data: Dataset): FrameSource {
  const { run, imageProblem } = data.info;
  const hasImage = imageProblem === null && run.movie.channels.length > 0;
  const [, height, width] = run.movie.shape;
  const levels = data.info.levels ?? [{ step: 1, width, height }];
  const tiled = data.info.levels !== undefined;
  const wanted = new Map<Owner, Map<string, Piece>>(OWNERS.map((owner) => [owner, new Map()]));
  const failures = new Map<string, string>();
  const listeners: (() => void)[] = [];
  const pieces = new Map<string, Piece>();
  const joined = new Map<string, Plane>();

  const piecesOf = (id: PlaneId): Piece[] =>
    tilesOf(levels, id.level ?? 0, tiled ? id.part : undefined).map((tile) => ({ id, tile }));

  async function fetchPiece(piece: Piece, signal: AbortSignal): Promise<Plane> {
    const { t, channel, z } = piece.id;
    const { level, square } = piece.tile;
    const part = square === null ? null : [square.y0, square.y1, square.x0, square.x1];
    const at = placeOf(piece.tile, levels);
    const place = at === undefined ? {} : { at };
    if (channel >= 0) return { ...(await fetchPlane(t, channel, z, { level, part }, signal)), ...place };
    const raw = { ...(await fetchLabels(t, z, { level, part }, signal)), ...place };
    const [first, end] = [data.frameStart[t]!, data.frameStart[t + 1]!];
    const placed = placeLabels(raw, data.nodes, first, end);
    const all = at === undefined && (z === 'max' || run.movie.ndim === 2);
    if (all && end > first && !placed.data.some((label) => label > 0)) {
      throw new Error(
        `the label image has none of its ${end - first} cells, its file may be missing (morula verify tells)`,
      );
    }
    return placed;
  }

  const cache = createCache<Plane>(
    (key, signal) => fetchPiece(pieces.get(key)!, signal),
    (plane) => plane.data.byteLength,
    MAX_BYTES,
  );

  /** The plane of an id, put together from its tiles. */
  function peek(id: PlaneId): Plane | undefined {
    const keys = piecesOf(id).map(keyOf);
    if (keys.length === 1) return cache.peek(keys[0]!);
    const found = keys.map((key) => cache.peek(key));
    if (found.length === 0 || found.some((plane) => plane === undefined)) return undefined;
    const key = keys.join();
    const known = joined.get(key);
    if (known !== undefined) return known;
    const made = joinTiles(found as Plane[]);
    joined.set(key, made);
    if (joined.size > JOINED) joined.delete(joined.keys().next().value!);
    return made;
  }
  const failure = (id: PlaneId): string | undefined =>
    piecesOf(id)
      .map((piece) => failures.get(keyOf(piece)))
      .find((reason) => reason !== undefined);

  function pump(): void {
    for (const owner of OWNERS) {
      for (const [key, piece] of wanted.get(owner)!) {
        if (cache.pending >= AT_ONCE) return;
        if (failures.has(key) || cache.peek(key) !== undefined) continue;
        pieces.set(key, piece);
        cache.load(key).then(arrived, (error: unknown) => {
          if (isAbort(error)) return;
          failures.set(key, error instanceof Error ? error.message : String(error));
          arrived();
        });
        pieces.delete(key);
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
    levels,
    want(owner, planes) {
      const next = new Map(planes.flatMap(piecesOf).map((piece) => [keyOf(piece), piece] as const));
      const before = wanted.get(owner)!;
      // Coming back to a plane that failed asks for it again.
      for (const key of before.keys()) if (!next.has(key)) failures.delete(key);
      wanted.set(owner, next);
      cache.keepOnly(new Set(OWNERS.flatMap((o) => [...wanted.get(o)!.keys()])));
      pump();
    },
    plane: peek,
    labels: (t, z, detail) => peek({ ...detail, t, channel: -1, z }) as LabelPlane | undefined,
    known: (id) => failure(id) !== undefined || peek(id) !== undefined,
    failure,
    forgetLabels(some) {
      joined.clear();
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
