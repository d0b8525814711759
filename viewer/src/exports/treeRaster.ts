import type { Info } from '../data/types.ts';
import type { TimeUnit } from '../data/units.ts';
import { TICK, type Tick } from '../layout/ticks.ts';
import { textsOf } from './about.ts';

/** The tree as it is on the screen: its marks, and the ticks of its axis. */
export interface Shown {
  /** The marks without the axis, an address that holds the picture. */
  picture: string;
  /** CSS pixels. */
  width: number;
  height: number;
  ticks: readonly Tick[];
  /** Does time run down? */
  down: boolean;
  /** Colour of the axis. */
  colour: string;
}

/** CSS pixels of an inch, and millimetres. */
const MM = 25.4 / 96;

const quote = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

/** A tree with too many branches for lines: pixels of the screen, under an axis of lines and real text. */
export function treeRaster(shown: Shown, info: Info, view: string, unit: TimeUnit): string {
  const { width, height, colour, picture, down } = shown;
  const about = Object.values(textsOf(info, view)).join(' ');
  const name = unit.name === 'frame' ? 'frame' : `time, ${unit.name}`;
  const axis = shown.ticks.map(({ x, y, text }) =>
    down
      ? `<path d="M${x} ${y}h${-TICK.line}" stroke="${colour}"/><text x="${x - TICK.beside}" y="${y + TICK.base}" text-anchor="end" fill="${colour}">${quote(text)}</text>`
      : `<path d="M${x} ${y}v${TICK.line}" stroke="${colour}"/><text x="${x}" y="${y + TICK.under}" text-anchor="middle" fill="${colour}">${quote(text)}</text>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width * MM}mm" height="${height * MM}mm" viewBox="0 0 ${width} ${height}" font-family="Helvetica, Arial, sans-serif" font-size="11">`,
    `<title>${quote(info.run.movie.name)}</title>`,
    `<desc>${quote(about)}</desc>`,
    `<image width="${width}" height="${height}" href="${picture}"/>`,
    ...axis,
    `<text x="8" y="14" fill="${colour}">${quote(name)}</text>`,
    '</svg>',
    '',
  ].join('\n');
}
