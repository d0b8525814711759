import type { Sketch } from '../../app.ts';
import type { Pen } from './marks.ts';

/** Radius of the points of a line, CSS pixels. */
const POINT = 3;

/** The lines of an edit that is not made yet: dashed white on dark, the chosen one whole and thicker. */
export function drawSketch({ context, view, ratio }: Pen, { lines, chosen }: Sketch): void {
  const at = ({ x, y }: { x: number; y: number }): [number, number] => [
    x * view.k + view.x,
    y * view.k * view.aspect + view.y,
  ];
  lines.forEach((line, k) => {
    const strong = k === chosen;
    context.beginPath();
    for (const [i, point] of line.entries()) {
      if (i === 0) context.moveTo(...at(point));
      else context.lineTo(...at(point));
    }
    for (const [width, colour] of [
      [strong ? 4.6 : 3.2, 'rgb(0 0 0 / 0.7)'],
      [strong ? 2.4 : 1.4, '#ffffff'],
    ] as const) {
      context.setLineDash(strong ? [] : [4 * ratio, 4 * ratio]);
      context.lineWidth = width * ratio;
      context.strokeStyle = colour;
      context.stroke();
    }
    if (line.length > 12) return;
    context.setLineDash([]);
    context.fillStyle = '#ffffff';
    for (const point of line) {
      context.beginPath();
      context.arc(...at(point), POINT * ratio, 0, 2 * Math.PI);
      context.fill();
    }
  });
  context.setLineDash([]);
}
