import type { Info } from '../data/types.ts';
import type { TimeUnit } from '../data/units.ts';
import { textsOf } from './about.ts';

/** The tree as it is on the screen: its marks, and its axis as an SVG drawing. */
export interface Shown {
  canvas: HTMLCanvasElement;
  axis: SVGSVGElement;
}

/** CSS pixels of an inch, and millimetres. */
const MM = 25.4 / 96;

const quote = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

/** A tree with too many branches for lines: pixels of the screen, under an axis of lines and real text. */
export function treeRaster({ canvas, axis }: Shown, info: Info, view: string, unit: TimeUnit): string {
  const { width, height } = canvas.getBoundingClientRect();
  const colour = getComputedStyle(axis).color;
  const about = Object.values(textsOf(info, view)).join(' ');
  const name = unit.name === 'frame' ? 'frame' : `time, ${unit.name}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width * MM}mm" height="${height * MM}mm" viewBox="0 0 ${width} ${height}" font-family="Helvetica, Arial, sans-serif" font-size="11" color="${colour}">`,
    `<title>${quote(info.run.movie.name)}</title>`,
    `<desc>${quote(about)}</desc>`,
    `<image width="${width}" height="${height}" href="${canvas.toDataURL('image/png')}"/>`,
    `<g fill="none" stroke="none">${axis.innerHTML}</g>`,
    `<text x="8" y="14" fill="${colour}">${quote(name)}</text>`,
    '</svg>',
    '',
  ].join('\n');
}
