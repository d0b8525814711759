import { line, scaleLinear } from 'd3';
import type { Point } from './curve.ts';

const [WIDTH, HEIGHT] = [420, 300];
const M = { left: 58, right: 14, top: 30, bottom: 42 };
const INK = { queue: '#0072b2', random: '#6b7785' } as const;

/** A panel: one measure against decisions, the queue's curve and the random one. */
function panel(
  title: string,
  of: 'TRA' | 'divisions',
  queue: readonly Point[],
  random: readonly Point[],
  anywhere: readonly Point[],
  left: number,
): string {
  const all = [...queue, ...random, ...anywhere];
  const values = all.map((point) => point[of]);
  const x = scaleLinear(
    [0, Math.max(...all.map((p) => p.decisions))],
    [left + M.left, left + WIDTH - M.right],
  ).nice();
  const y = scaleLinear([Math.min(...values), Math.max(...values)], [HEIGHT - M.bottom, M.top]).nice();
  const path = line<Point>(
    (p) => x(p.decisions),
    (p) => y(p[of]),
  );
  const text = (px: number, py: number, words: string, more = ''): string =>
    `<text x="${px.toFixed(1)}" y="${py.toFixed(1)}" ${more}>${words}</text>`;
  const tick = y.tickFormat(5);
  const [queueEnd, randomEnd, farEnd] = [queue, random, anywhere].map((curve) => curve.at(-1)!) as [
    Point,
    Point,
    Point,
  ];
  return [
    text(left + M.left, 16, title, 'font-weight="bold"'),
    ...y
      .ticks(5)
      .flatMap((v) => [
        `<path d="M${x.range()[0]},${y(v).toFixed(1)}H${x.range()[1]}" stroke="#dde2e7"/>`,
        text(left + M.left - 6, y(v) + 4, tick(v), 'text-anchor="end"'),
      ]),
    ...x.ticks(6).map((v) => text(x(v), HEIGHT - M.bottom + 16, String(v), 'text-anchor="middle"')),
    text((x.range()[0]! + x.range()[1]!) / 2, HEIGHT - 8, 'decisions', 'text-anchor="middle"'),
    `<path d="${path(random)}" fill="none" stroke="${INK.random}" stroke-width="2" stroke-dasharray="5 3"/>`,
    `<path d="${path(anywhere)}" fill="none" stroke="${INK.random}" stroke-width="1.4" stroke-dasharray="1 3"/>`,
    `<path d="${path(queue)}" fill="none" stroke="${INK.queue}" stroke-width="2.4"/>`,
    text(x(queueEnd.decisions) + 6, y(queueEnd[of]) + 4, 'queue', `fill="${INK.queue}"`),
    text(
      x(randomEnd.decisions) - 4,
      y(randomEnd[of]) + 18,
      'its places in random order',
      `fill="${INK.random}" text-anchor="end"`,
    ),
    text(x(farEnd.decisions) - 4, y(farEnd[of]) - 6, 'any places', `fill="${INK.random}" text-anchor="end"`),
  ].join('\n');
}

/** TRA and division F1 per decision, as SVG. */
export function curatorFigure(
  queue: readonly Point[],
  random: readonly Point[],
  anywhere: readonly Point[],
): string {
  const width = 2 * WIDTH;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${HEIGHT}" width="${width}" height="${HEIGHT}" font-family="sans-serif" font-size="12" fill="#20262d">`,
    `<rect width="${width}" height="${HEIGHT}" fill="#fff"/>`,
    panel('TRA', 'TRA', queue, random, anywhere, 0),
    panel('Division F1', 'divisions', queue, random, anywhere, WIDTH),
    '</svg>\n',
  ].join('\n');
}
