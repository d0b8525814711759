/** One of the two sides of a polygon that go up from one of its lowest points to one of its highest. */
export interface Bound {
  /** Vertices from the bottom to the top: rows fall, single edges may be level. */
  xs: number[];
  ys: number[];
  /** The edge in use: from vertex `at` to the next. */
  at: number;
  polygon: 0 | 1;
  /** +1 where the polygon's vertices are met in their order, -1 against it. */
  wind: 1 | -1;
  /** Column where it is now, a whole number, and the row of the scanbeam's bottom. */
  x: number;
  y: number;
  /** +1 when the intersection lies to its right, -1 to its left, 0 when it is not on its boundary. */
  side: -1 | 0 | 1;
  /** Last vertex of the intersection on it. */
  lastX: number;
  lastY: number;
  /** Name of the highest point where it ends, shared with one other bound. */
  top: number;
}

/** The left and the right bound of a lowest point. */
export interface Minimum {
  y: number;
  left: Bound;
  right: Bound;
}

/** Half away from zero. */
export function round(value: number): number {
  return value < 0 ? Math.ceil(value - 0.5) : Math.floor(value + 0.5);
}

export const isLevel = ({ ys, at }: Bound): boolean => ys[at] === ys[at + 1];
export const isLast = ({ ys, at }: Bound): boolean => at + 2 === ys.length;
export const topY = ({ ys, at }: Bound): number => ys[at + 1]!;
export const topX = ({ xs, at }: Bound): number => xs[at + 1]!;

/** Columns per row of an edge; level edges count as the farthest right. */
export function slopeOf({ xs, ys, at }: Bound): number {
  const dy = ys[at + 1]! - ys[at]!;
  return dy === 0 ? Number.NEGATIVE_INFINITY : (xs[at + 1]! - xs[at]!) / dy;
}

/** Rounded column of an edge at a row. */
export function columnAt(bound: Bound, row: number): number {
  if (row === topY(bound)) return topX(bound);
  return bound.xs[bound.at]! + round(slopeOf(bound) * (row - bound.ys[bound.at]!));
}

/** True when an edge that starts here lies to the left of another. */
export function isBefore(bound: Bound, other: Bound): boolean {
  if (bound.x !== other.x) return bound.x < other.x;
  return topY(bound) > topY(other)
    ? topX(bound) < columnAt(other, topY(bound))
    : topX(other) > columnAt(bound, topY(other));
}

/** Slope of the edge after the one in use. */
export function nextSlope(bound: Bound): number {
  return slopeOf({ ...bound, at: bound.at + 1 });
}

/** A polygon's lowest points with their bounds; none when it has no area. */
export function minimaOf(vy: ArrayLike<number>, vx: ArrayLike<number>, polygon: 0 | 1): Minimum[] {
  const { xs, ys } = withoutStraight(vy, vx);
  const n = xs.length;
  const minima: Minimum[] = [];
  if (n < 3) return minima;
  /** The bound from vertex `from` on, in steps of +1 or -1. */
  const boundFrom = (from: number, step: 1 | -1): Bound => {
    const at = (k: number): number => (((from + step * k) % n) + n) % n;
    let length = 1;
    while (ys[at(length)]! <= ys[at(length - 1)]!) length++;
    // A level edge at the top belongs to the bound that meets its left end.
    if (ys[at(length - 1)] === ys[at(length - 2)] && xs[at(length - 1)]! < xs[at(length - 2)]!) length--;
    const places = Array.from({ length }, (_, k) => at(k));
    const [x, y] = [xs[from]!, ys[from]!];
    return {
      ...{ xs: places.map((p) => xs[p]!), ys: places.map((p) => ys[p]!), at: 0, polygon, wind: step, x, y },
      ...{ side: 0, lastX: 0, lastY: 0, top: 2 * places.at(-1)! + polygon },
    };
  };
  for (let k = 0; k < n; k++) {
    const [p, q, r] = [(k + n - 1) % n, (k + 1) % n, (k + 2) % n];
    if (ys[p]! < ys[k]! && ys[q]! < ys[k]!) {
      const [one, other] = [boundFrom(k, 1), boundFrom(k, -1)];
      const [left, right] = slopeOf(one) > slopeOf(other) ? [one, other] : [other, one];
      minima.push({ y: ys[k]!, left, right });
    } else if (ys[p]! < ys[k]! && ys[q] === ys[k] && ys[r]! < ys[k]!) {
      // A level bottom belongs to the right bound, which starts at its left end.
      const [left, right] =
        xs[k]! < xs[q]! ? [boundFrom(k, -1), boundFrom(k, 1)] : [boundFrom(q, 1), boundFrom(q, -1)];
      minima.push({ y: ys[k]!, left, right });
    }
  }
  return minima;
}

/** The vertices without repeated ones and without those on a straight line with their neighbours. */
function withoutStraight(vy: ArrayLike<number>, vx: ArrayLike<number>): { xs: number[]; ys: number[] } {
  const xs = Array.from(vx);
  const ys = Array.from(vy);
  for (let k = 0, kept = 0; kept <= xs.length && xs.length > 2; ) {
    const n = xs.length;
    const [p, i, q] = [(k + n - 1) % n, k % n, (k + 1) % n];
    const turn = (xs[i]! - xs[p]!) * (ys[q]! - ys[i]!) - (ys[i]! - ys[p]!) * (xs[q]! - xs[i]!);
    if (turn === 0) {
      xs.splice(i, 1);
      ys.splice(i, 1);
      k = i + n - 2;
      kept = 0;
    } else {
      k++;
      kept++;
    }
  }
  return { xs, ys };
}
