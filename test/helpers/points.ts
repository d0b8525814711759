/** Whether every fault of a list is tried (`npm run test:long`), and not a sample of it. */
export const LONG = process.env.MORULA_LONG === '1';

/**
 * Part of the long lists that is tried, of how many: `MORULA_SHARD=3/8` is the third of eight. The eight together are the whole,
 * so that a night that was cut short goes on with the next.
 */
const [shard, shards] = (process.env.MORULA_SHARD ?? '1/1').split('/').map(Number) as [number, number];
if (!(shard >= 1 && shard <= shards))
  throw new Error(`MORULA_SHARD must be like 3/8, got ${process.env.MORULA_SHARD}`);

/** How many points of a list are tried: all in the long loops; `MORULA_POINTS=100` asks for so many, else `some`. */
export const pointsOf = (some: number): number =>
  Number(process.env.MORULA_POINTS ?? (LONG ? Number.POSITIVE_INFINITY : some));

/** About `count` of the points, evenly spread, the first and the last among them; of all of them this shard's share. */
export function sample<T>(points: readonly T[], count: number): T[] {
  if (points.length <= count) return points.filter((_, i) => i % shards === shard - 1);
  const step = (points.length - 1) / (count - 1);
  return Array.from({ length: count }, (_, i) => points[Math.round(i * step)]!);
}

/** This shard's share of `n` numbers: first (included) and end (excluded). */
export function share(n: number): [first: number, end: number] {
  return [Math.floor(((shard - 1) * n) / shards), Math.floor((shard * n) / shards)];
}

/** Says which share of a list was tried; empty for the whole. */
export const shardNote = shards === 1 ? '' : ` (share ${shard} of ${shards})`;
