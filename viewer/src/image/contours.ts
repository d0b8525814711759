/** Dark pixels beside a contour: outside it, and inside between line and nucleus. */
const CASING_OUT = 0xa0000000;
const CASING_IN = 0x60000000;

/** Width of the coloured line in CSS pixels. */
export const OUTLINE_PX = 1.7;

/** Where screen pixels lie on the label plane, along one axis. */
export interface SourceAxis {
  /** Per screen pixel: the nearest label pixel, -1 = outside the plane. */
  nearest: Int32Array;
  /** The label pixels whose centres lie before and after, kept inside the plane, and the weight of the one after. */
  before: Int32Array;
  after: Int32Array;
  weight: Float32Array;
}

/** Screen pixel i (centre i + 0.5) lies at `(i + 0.5 - offset) / k` on an axis of `sourceSize` label pixels. */
export function sourceAxis(size: number, offset: number, k: number, sourceSize: number): SourceAxis {
  const axis = {
    nearest: new Int32Array(size),
    before: new Int32Array(size),
    after: new Int32Array(size),
    weight: new Float32Array(size),
  };
  for (let i = 0; i < size; i++) {
    const at = (i + 0.5 - offset) / k;
    const cell = Math.floor(at);
    const low = Math.floor(at - 0.5);
    axis.nearest[i] = cell >= 0 && cell < sourceSize ? cell : -1;
    axis.before[i] = Math.min(Math.max(low, 0), sourceSize - 1);
    axis.after[i] = Math.min(Math.max(low + 1, 0), sourceSize - 1);
    axis.weight[i] = at - 0.5 - low;
  }
  return axis;
}

/**
 * Labels as a magnified screen shows them, `width x height`: of the four label pixels around a screen pixel, the label
 * with the largest bilinear weight. Edges between two labels are then the half-way line of the interpolated mask,
 * without steps, and pass exactly between the pixels' centres.
 */
export function resampleSmooth(
  labels: Uint32Array,
  labelWidth: number,
  columns: SourceAxis,
  rows: SourceAxis,
  out: Uint32Array,
): void {
  const width = columns.nearest.length;
  for (let y = 0; y < rows.nearest.length; y++) {
    const at = y * width;
    if (rows.nearest[y]! < 0) {
      out.fill(0, at, at + width);
      continue;
    }
    const [up, down, wy] = [rows.before[y]! * labelWidth, rows.after[y]! * labelWidth, rows.weight[y]!];
    for (let x = 0; x < width; x++) {
      if (columns.nearest[x]! < 0) {
        out[at + x] = 0;
        continue;
      }
      const [left, right] = [columns.before[x]!, columns.after[x]!];
      const a = labels[up + left]!;
      const b = labels[up + right]!;
      const c = labels[down + left]!;
      const d = labels[down + right]!;
      out[at + x] = a === b && c === d && a === c ? a : heaviest(a, b, c, d, columns.weight[x]!, wy);
    }
  }
}

/** Weights nearer than this are even: more than single precision leaves open, so that every backend decides alike. */
export const EVEN = 1e-6;

/** The label with the largest weight; weights of equal labels add up. */
function heaviest(a: number, b: number, c: number, d: number, wx: number, wy: number): number {
  const weights = [(1 - wx) * (1 - wy), wx * (1 - wy), (1 - wx) * wy, wx * wy];
  const labels = [a, b, c, d];
  let best = a;
  let most = -1;
  for (let i = 0; i < 4; i++) {
    let sum = 0;
    for (let j = 0; j < 4; j++) if (labels[j] === labels[i]) sum += weights[j]!;
    if (sum > most + EVEN) [best, most] = [labels[i]!, sum];
  }
  return best;
}

/**
 * Labels as a screen shows them that is not magnified: nearest label of every screen pixel, 0 outside the plane.
 *
 * @param columns per screen column: label column, -1 = outside; `rows` likewise
 */
export function resampleLabels(
  labels: Uint32Array,
  labelWidth: number,
  columns: Int32Array,
  rows: Int32Array,
  out: Uint32Array,
): void {
  const width = columns.length;
  for (let y = 0; y < rows.length; y++) {
    const at = y * width;
    const row = rows[y]! * labelWidth;
    if (row < 0) {
      out.fill(0, at, at + width);
      continue;
    }
    if (y > 0 && rows[y] === rows[y - 1]) {
      out.copyWithin(at, at - width, at);
      continue;
    }
    for (let x = 0; x < width; x++) {
      const column = columns[x]!;
      out[at + x] = column < 0 ? 0 : labels[row + column]!;
    }
  }
}

/**
 * Contours of the labels of a screen (`resampleLabels`), drawn inside each label: a line of `linePx` in the label's
 * colour, whose innermost ring is as opaque as the part of a pixel that it covers, with a dark casing on both sides.
 * Pixels without a mark are transparent. Cost O(pixels x line).
 *
 * @param lut per label: colour (uint32 little-endian RGBA), 0 = not drawn
 * @param strong labels with a line twice as wide
 * @param fill opacity (0 to 255) of the inside of strong labels, or of all with `fillAll`
 * @param only where `out` holds all of them already: per label, 1 = it is drawn anew
 */
export function drawContours(
  labels: Uint32Array,
  width: number,
  height: number,
  lut: Uint32Array,
  options: {
    linePx: number;
    strong: ReadonlySet<number>;
    fill: number;
    fillAll: boolean;
    casing: boolean;
    only?: Uint8Array | null;
  },
  out: Uint32Array,
): void {
  const { linePx, strong, fill, fillAll, casing, only = null } = options;
  const thin = rings(linePx, casing);
  const thick = rings(linePx * 1.6, casing);
  const fillAlpha = (fill << 24) >>> 0;
  for (let y = 0; y < height; y++) {
    const at = y * width;
    for (let x = 0; x < width; x++) {
      const i = at + x;
      const label = labels[i]!;
      if (only !== null && only[label] !== 1) continue;
      if (label === 0) {
        out[i] = casing && touchesCell(labels, lut, i, x, y, width, height) ? CASING_OUT : 0;
        continue;
      }
      const colour = lut[label]!;
      if (colour === 0) {
        out[i] = 0;
        continue;
      }
      const isStrong = strong.size > 0 && strong.has(label);
      const alphas = isStrong ? thick : thin;
      const depth = depthInside(labels, i, x, y, width, height, label, alphas.length);
      if (depth < alphas.length) {
        const alpha = alphas[depth]!;
        out[i] = alpha < 0 ? CASING_IN : ((colour & 0xffffff) | (alpha << 24)) >>> 0;
      } else out[i] = fillAll || isStrong ? ((colour & 0xffffff) | fillAlpha) >>> 0 : 0;
    }
  }
}

/**
 * The labels whose own pixels look different with other colours and other strong ones, for `only` of `drawContours`; null =
 * others do, too, for a label that is drawn puts a casing around it.
 */
export function changedLabels(
  before: { lut: Uint32Array; strong: ReadonlySet<number> },
  now: { lut: Uint32Array; strong: ReadonlySet<number> },
): Uint8Array | null {
  const count = now.lut.length;
  if (before.lut.length !== count) return null;
  const changed = new Uint8Array(count);
  for (let label = 0; label < count; label++) {
    const [old, colour] = [before.lut[label]!, now.lut[label]!];
    if (old === colour) continue;
    if (old === 0 || colour === 0) return null;
    changed[label] = 1;
  }
  for (const label of before.strong) if (!now.strong.has(label)) changed[label] = 1;
  for (const label of now.strong) if (!before.strong.has(label)) changed[label] = 1;
  return changed;
}

/** Opacity per ring from the edge inwards; -1 = casing. */
function rings(linePx: number, casing: boolean): number[] {
  const out: number[] = [];
  for (let left = linePx; left > 0.05; left--) out.push(Math.round(255 * Math.min(1, left)));
  if (casing) out.push(-1);
  return out;
}

/** Rings between a pixel and the edge of its label along rows and columns, at most `most`. */
function depthInside(
  labels: Uint32Array,
  i: number,
  x: number,
  y: number,
  width: number,
  height: number,
  label: number,
  most: number,
): number {
  for (let d = 1; d <= most; d++) {
    // Beyond the screen's edge nothing is known: no line is drawn there.
    if (x >= d && labels[i - d] !== label) return d - 1;
    if (x + d < width && labels[i + d] !== label) return d - 1;
    if (y >= d && labels[i - d * width] !== label) return d - 1;
    if (y + d < height && labels[i + d * width] !== label) return d - 1;
  }
  return most;
}

function touchesCell(
  labels: Uint32Array,
  lut: Uint32Array,
  i: number,
  x: number,
  y: number,
  width: number,
  height: number,
): boolean {
  return (
    (x > 0 && lut[labels[i - 1]!]! !== 0) ||
    (x + 1 < width && lut[labels[i + 1]!]! !== 0) ||
    (y > 0 && lut[labels[i - width]!]! !== 0) ||
    (y + 1 < height && lut[labels[i + width]!]! !== 0)
  );
}
