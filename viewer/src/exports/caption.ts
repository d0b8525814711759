import type { App } from '../app.ts';
import { formatTime, roundLength } from '../data/units.ts';

/** Longest scale bar as a share of the picture, and sizes in parts of its shorter side. */
const BAR = 0.22;
const LETTER = 0.032;
const MARGIN = 0.03;

/** The time and a scale bar with its length, white with a dark edge, on a picture of the movie. */
export function drawCaption(
  { data, unit }: Pick<App, 'data' | 'unit'>,
  context: CanvasRenderingContext2D,
  t: number,
  umPerPixel: number,
): void {
  const { width, height } = context.canvas;
  const side = Math.min(width, height);
  const [letter, margin] = [Math.max(10, side * LETTER), side * MARGIN];
  const um = roundLength(width * BAR * umPerPixel);
  const length = um / umPerPixel;
  const [x, y] = [width - margin - length, height - margin];
  context.font = `600 ${letter}px Helvetica, Arial, sans-serif`;
  context.lineJoin = 'round';
  context.lineWidth = letter / 5;
  context.strokeStyle = 'rgb(0 0 0 / 0.75)';
  context.fillStyle = '#ffffff';
  const write = (text: string, at: number, base: number, align: CanvasTextAlign): void => {
    context.textAlign = align;
    context.strokeText(text, at, base);
    context.fillText(text, at, base);
  };
  context.textBaseline = 'bottom';
  write(formatTime(t, data.info.run.movie.timeStep, unit), margin, height - margin, 'left');
  const bar = Math.max(2, letter / 5);
  context.strokeRect(x, y - bar, length, bar);
  context.fillRect(x, y - bar, length, bar);
  write(um >= 1000 ? `${um / 1000} mm` : `${um} µm`, x + length / 2, y - bar - letter / 4, 'center');
}
