/** Size of the line, and points of it at most. */
const [WIDTH, HEIGHT] = [38, 14];
const MOST = 38;

/** Path of values over their place, between their least and their largest; what is not known interrupts it. */
export function sparkPath(values: ArrayLike<number>, width = WIDTH, height = HEIGHT): string {
  const step = Math.max(1, values.length / MOST);
  const taken: number[] = [];
  for (let k = 0; k < values.length; k += step) taken.push(values[Math.floor(k)]!);
  const known = taken.filter(Number.isFinite);
  if (known.length === 0) return '';
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const y = (v: number): number => (high > low ? ((high - v) / (high - low)) * (height - 2) + 1 : height / 2);
  const x = (k: number): number => (k / Math.max(1, taken.length - 1)) * (width - 2) + 1;
  let path = '';
  let pen = false;
  taken.forEach((v, k) => {
    if (Number.isFinite(v)) path += `${pen ? 'L' : 'M'}${x(k).toFixed(1)},${y(v).toFixed(1)}`;
    pen = Number.isFinite(v);
  });
  return path;
}

/** A line as small as a word. */
export function sparkline(values: ArrayLike<number>): SVGSVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', `0 0 ${WIDTH} ${HEIGHT}`);
  svg.setAttribute('class', 'sparkline');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('d', sparkPath(values));
  svg.append(path);
  return svg;
}
