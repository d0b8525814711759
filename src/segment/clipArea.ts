import {
  type Bound,
  columnAt,
  isBefore,
  isLast,
  isLevel,
  type Minimum,
  minimaOf,
  nextSlope,
  round,
  slopeOf,
  topX,
  topY,
} from './bounds.ts';

/** The sweep: bounds from left to right, level ones still to be walked along, and twice the area so far. */
interface Sweep {
  active: Bound[];
  level: Bound[];
  twice: number;
}

/**
 * Area of the intersection of two polygons on whole-number vertices as an integer clipper finds it: the vertices of
 * the result are rounded to whole numbers, and so are the columns by which it orders edges at every row of a vertex,
 * so that crossings are seen late or not at all. For polygons of some pixels it differs from the exact area by up to
 * some percent. O(rows of vertices x active edges).
 *
 * Source: Vatti 1992, A generic solution to polygon clipping, doi 10.1145/129902.129906, with the roundings of
 * Clipper 6.4.2 (Boost licence), which StarDist uses: half away from zero; crossings kept within their scanbeam on
 * the steeper edge; edges with equal columns ordered by the lower of their tops.
 * Differs: which edges bound the result is read off their order by windings, and only the area is kept.
 * Of random pairs of stars 1999 in 2000 get the area that Clipper gives; of jagged ones, whose neighbouring rays differ by
 * 20 %, 99 in 100.
 *
 * @param vy, vx integers
 */
export function clipArea(
  a: { vy: ArrayLike<number>; vx: ArrayLike<number> },
  b: { vy: ArrayLike<number>; vx: ArrayLike<number> },
): number {
  const minima = [...minimaOf(a.vy, a.vx, 0), ...minimaOf(b.vy, b.vx, 1)].sort((m, n) => n.y - m.y);
  const rows = new Set<number>();
  for (const { left, right } of minima) for (const y of [...left.ys, ...right.ys]) rows.add(y);
  const sweep: Sweep = { active: [], level: [], twice: 0 };
  let next = 0;
  const insert = (row: number): void => {
    for (; next < minima.length && minima[next]!.y === row; next++) insertMinimum(sweep, minima[next]!);
  };
  let first = true;
  for (const row of [...rows].sort((p, q) => q - p)) {
    if (!first) {
      walkLevels(sweep);
      crossEdges(sweep, row);
      passVertices(sweep, row);
    }
    first = false;
    insert(row);
  }
  return Math.abs(sweep.twice) / 2;
}

/** Ends the chain of the intersection's boundary on an edge at a vertex, and starts the next one there. */
function turnAt(sweep: Sweep, bound: Bound, x: number, y: number): void {
  sweep.twice += bound.side * (bound.lastX * y - x * bound.lastY);
  bound.lastX = x;
  bound.lastY = y;
}

/** Finds out anew, after a change of the order at (x, y), which edges bound the intersection. */
function settle(sweep: Sweep, x: number, y: number): void {
  const wind: [number, number] = [0, 0];
  let inside = 0;
  for (const bound of sweep.active) {
    wind[bound.polygon] += bound.wind;
    const now = Number(wind[0] !== 0 && wind[1] !== 0);
    const side = (now - inside) as Bound['side'];
    inside = now;
    if (side === bound.side) continue;
    turnAt(sweep, bound, x, y);
    bound.side = side;
  }
}

function remove(sweep: Sweep, bounds: readonly Bound[], x: number, y: number): void {
  for (const bound of bounds) turnAt(sweep, bound, x, y);
  sweep.active = sweep.active.filter((bound) => !bounds.includes(bound));
}

function insertMinimum(sweep: Sweep, { left, right }: Minimum): void {
  const { active } = sweep;
  let place = 0;
  while (place < active.length && !isBefore(left, active[place]!)) place++;
  active.splice(place++, 0, left);
  while (place < active.length && !isBefore(right, active[place]!)) place++;
  active.splice(place, 0, right);
  settle(sweep, left.x, left.y);
  if (isLevel(right)) sweep.level.push(right);
}

/** Moves level edges past the edges that they cross, to their far end; the last one first. */
function walkLevels(sweep: Sweep): void {
  for (let bound = sweep.level.pop(); bound; bound = sweep.level.pop()) walkLevel(sweep, bound);
}

function walkLevel(sweep: Sweep, bound: Bound): void {
  const { active } = sweep;
  const y = topY(bound);
  const end = topX(bound);
  const step = bound.xs[bound.at]! < end ? 1 : -1;
  const last = isLast(bound);
  for (let place = active.indexOf(bound); ; place += step) {
    const other = active[place + step];
    if (!other || step * (other.x - end) > 0) break;
    if (last && other.top === bound.top) {
      remove(sweep, [bound, other], end, y);
      return;
    }
    if (!last && other.x === end && slopeOf(other) < nextSlope(bound)) break;
    active[place] = other;
    active[place + step] = bound;
    settle(sweep, other.x, y);
  }
  if (last) remove(sweep, [bound], end, y);
  else advance(sweep, bound);
}

/** Goes on with the next edge of a bound. */
function advance(sweep: Sweep, bound: Bound): void {
  bound.at++;
  bound.x = bound.xs[bound.at]!;
  bound.y = bound.ys[bound.at]!;
  turnAt(sweep, bound, bound.x, bound.y);
}

/** Swaps edges whose rounded columns at the scanbeam's top are in another order than at its bottom. */
function crossEdges(sweep: Sweep, row: number): void {
  const { active } = sweep;
  for (const bound of active) bound.x = columnAt(bound, row);
  const order = [...active];
  const crossings: { left: Bound; right: Bound; x: number; y: number }[] = [];
  for (let end = order.length - 1, swapped = true; swapped && end > 0; end--) {
    swapped = false;
    for (let k = 0; k < end; k++) {
      const [left, right] = [order[k]!, order[k + 1]!];
      if (left.x <= right.x) continue;
      crossings.push({ left, right, ...crossing(left, right, row) });
      order[k] = right;
      order[k + 1] = left;
      swapped = true;
    }
  }
  crossings.sort((p, q) => q.y - p.y);
  for (let k = 0; k < crossings.length; k++) {
    // Only neighbours can be swapped: the next crossing of neighbours goes first.
    const places = crossings.map(({ left }) => active.indexOf(left));
    let c = k;
    while (c < crossings.length && active[places[c]! + 1] !== crossings[c]!.right) c++;
    if (c === crossings.length) return;
    [crossings[k], crossings[c]] = [crossings[c]!, crossings[k]!];
    const { left, right, x, y } = crossings[k]!;
    const place = active.indexOf(left);
    active[place] = right;
    active[place + 1] = left;
    settle(sweep, x, y);
  }
}

/** Where two edges cross, on whole numbers within the scanbeam. */
function crossing(p: Bound, q: Bound, row: number): { x: number; y: number } {
  const [m, n] = [slopeOf(p), slopeOf(q)];
  const [px, py, qx, qy] = [p.xs[p.at]!, p.ys[p.at]!, q.xs[q.at]!, q.ys[q.at]!];
  const steeper = Math.abs(m) < Math.abs(n) ? p : q;
  let x: number;
  let y: number;
  if (m === n) {
    y = p.y;
    x = columnAt(p, y);
  } else if (m === 0 || n === 0) {
    x = m === 0 ? px : qx;
    y = m === 0 ? round(x / n + (qy - qx / n)) : round(x / m + (py - px / m));
  } else {
    const [b, c] = [px - py * m, qx - qy * n];
    const at = (c - b) / (m - n);
    y = round(at);
    x = round(steeper === p ? m * at + b : n * at + c);
  }
  if (y < topY(p) || y < topY(q)) {
    y = Math.max(topY(p), topY(q));
    x = columnAt(steeper, y);
  }
  if (y > p.y) {
    y = p.y;
    x = columnAt(Math.abs(m) > Math.abs(n) ? q : p, y);
  }
  return y < row ? { x: columnAt(p, row), y: row } : { x, y };
}

/** Ends bounds at their tops, and takes the others over the vertices of a row. */
function passVertices(sweep: Sweep, row: number): void {
  for (const bound of [...sweep.active]) {
    if (!sweep.active.includes(bound)) continue;
    const reached = topY(bound) === row;
    const pair = reached && isLast(bound) ? pairOf(sweep, bound) : undefined;
    if (reached && isLast(bound) && !(pair && pairIsLevel(pair))) {
      closeTop(sweep, bound, pair);
    } else if (reached && !isLast(bound) && bound.ys[bound.at + 2] === row) {
      advance(sweep, bound);
      sweep.level.push(bound);
    } else {
      bound.x = columnAt(bound, row);
      bound.y = row;
    }
  }
  walkLevels(sweep);
  for (const bound of sweep.active) if (topY(bound) === row && !isLast(bound)) advance(sweep, bound);
}

function pairOf(sweep: Sweep, bound: Bound): Bound | undefined {
  return sweep.active.find((other) => other !== bound && other.top === bound.top);
}

/** True for a bound that ends, or will end, in a level edge. */
function pairIsLevel({ ys }: Bound): boolean {
  return ys.at(-1) === ys.at(-2);
}

/** Brings the two bounds of a highest point together and ends them. */
function closeTop(sweep: Sweep, bound: Bound, pair: Bound | undefined): void {
  const { active } = sweep;
  const [x, y] = [topX(bound), topY(bound)];
  for (let place = active.indexOf(bound); pair && active[place + 1] && active[place + 1] !== pair; place++) {
    active[place] = active[place + 1]!;
    active[place + 1] = bound;
    settle(sweep, x, y);
  }
  remove(sweep, pair ? [bound, pair] : [bound], x, y);
}
