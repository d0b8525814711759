/** Dark pixels beside a contour: outside it, and inside between line and nucleus. */
const CASING_OUT = 0xa0000000;
const CASING_IN = 0x60000000;

/** Width of the coloured line in CSS pixels. */
export const OUTLINE_PX = 1.7;

/**
 * Labels as a screen shows them: nearest label of every screen pixel, `width x height`, 0 outside the plane.
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
 */
export function drawContours(
  labels: Uint32Array,
  width: number,
  height: number,
  lut: Uint32Array,
  options: { linePx: number; strong: ReadonlySet<number>; fill: number; fillAll: boolean; casing: boolean },
  out: Uint32Array,
): void {
  const { linePx, strong, fill, fillAll, casing } = options;
  const thin = rings(linePx, casing);
  const thick = rings(linePx * 1.6, casing);
  const fillAlpha = (fill << 24) >>> 0;
  for (let y = 0; y < height; y++) {
    const at = y * width;
    for (let x = 0; x < width; x++) {
      const i = at + x;
      const label = labels[i]!;
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
