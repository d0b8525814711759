import { scaleLinear } from 'd3';
import type { Dataset } from '../data/types.ts';
import type { TimeUnit } from '../data/units.ts';
import { branchColour, type ColourBy, type ColourKeys, css } from '../image/palette.ts';
import type { TreeAxis } from '../layout/treeAxis.ts';

/** What a drawing of the tree is made of. */
export interface TreeDrawing {
  data: Dataset;
  /** How the tree is laid out, and what it runs along. */
  axis: TreeAxis;
  colours: ColourKeys;
  colourBy: ColourBy;
  unit: TimeUnit;
  /** Where the same can be seen on a screen, and which program drew it; both are kept in the file. */
  link: string;
  /** Names that people gave, by branch; the others wear their numbers. */
  names?: ReadonlyMap<number, string>;
  version: string;
}

/** Trees with more branches than this are not drawn as lines: no program opens such a file. */
export const MOST_BRANCHES = 20_000;

/** Sizes in millimetres: height of the time axis, a leaf, margins, and letters (2.6 mm are 7.4 pt). */
const TIME_MM = 110;
const LEAF_MM = { most: 5, least: 0.35, page: 250 };
const M = { top: 12, right: 5, bottom: 5, left: 15 };
const LETTER = 2.6;
/** The legend, which stands in lines where the tree is narrower; a letter is at most so wide, and lines so far apart. */
const LEGEND = ['circle: division', 'bar: end of the movie', 'arrow: leaves the picture', 'cross: lost'];
const [LETTER_WIDTH, LINE] = [0.5 * LETTER, 3.6];
/** Drawings are at least this wide, so that each of these lines fits. */
const LEAST_WIDTH = 52;
/** Track numbers are written from this width of a leaf on. */
const NAME_FROM = 3.2;

const quote = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
const mm = (value: number): string => String(Math.round(value * 1000) / 1000);

/** Millimetres that one leaf takes: a small tree is not spread, a large one fits a page as far as lines can be told apart. */
function leafSize(width: number): number {
  return Math.min(LEAF_MM.most, Math.max(LEAF_MM.least, LEAF_MM.page / width));
}

/**
 * The tree as an SVG file for print: millimetres, real text, one path a branch (titled with its track), dots at
 * divisions, the time axis, and a legend of ends. Light theme.
 */
export function treeSvg(drawing: TreeDrawing): string {
  const { data, unit } = drawing;
  const { layout, extent, name } = drawing.axis;
  const leaf = leafSize(layout.width);
  const width = Math.max(LEAST_WIDTH, M.left + layout.width * leaf + M.right);
  const lines = legend(width - M.left);
  const top = M.top + (lines.length - 1) * LINE;
  const height = top + TIME_MM + M.bottom;
  const x = (u: number): number => M.left + (u + 0.5) * leaf;
  const y = scaleLinear([0, extent], [top, top + TIME_MM]);
  const { movie } = data.info.run;
  const title = `${movie.name}: ${layout.count} tracks, ${data.divisions.length} divisions`;
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${mm(width)}mm" height="${mm(height)}mm" viewBox="0 0 ${mm(width)} ${mm(height)}" font-family="Helvetica, Arial, sans-serif" font-size="${LETTER}">`,
    `<title>${quote(title)}</title>`,
    `<desc>morula ${quote(drawing.version)} ${quote(drawing.link)}</desc>`,
    `<rect width="100%" height="100%" fill="#fff"/>`,
    `<text x="${M.left}" y="5" font-size="3.4" font-weight="bold">${quote(movie.name)}</text>`,
    ...lines.map((line, k) => `<text x="${M.left}" y="${mm(9 + k * LINE)}" fill="#555">${line}</text>`),
    name === 'time' ? timeScale(y, unit) : generationScale(y, extent),
    `<g fill="none" stroke-width="${mm(Math.min(0.45, leaf * 0.35))}" stroke-linecap="square">`,
  ];
  for (let i = 0; i < layout.count; i++) parts.push(branch(drawing, i, x, y, leaf));
  parts.push('</g>');
  if (leaf >= NAME_FROM) parts.push(names(drawing, x, y));
  parts.push('</svg>');
  return `${parts.join('\n')}\n`;
}

type Scale = ReturnType<typeof scaleLinear<number>>;

/** The legend in lines that are no wider than `room`, millimetres. */
function legend(room: number): string[] {
  const lines: string[] = [];
  for (const part of LEGEND) {
    const longer = lines.length === 0 ? part : `${lines.at(-1)} · ${part}`;
    if (lines.length > 0 && longer.length * LETTER_WIDTH <= room) lines[lines.length - 1] = longer;
    else lines.push(part);
  }
  return lines;
}

function timeScale(y: Scale, unit: TimeUnit): string {
  const last = y.domain()[1]! * unit.perFrame;
  const ticks = scaleLinear([0, last], [0, 1]).ticks(10);
  const lines = ticks.map((tick) => tickLine(mm(y(tick / unit.perFrame)), tick));
  return scale(lines, unit.name === 'frame' ? 'frame' : `time, ${unit.name}`, y);
}

/** Every generation in the middle of its room. */
const generationScale = (y: Scale, extent: number): string =>
  scale(
    Array.from({ length: extent }, (_, g) => tickLine(mm(y(g + 0.5)), g)),
    'generation',
    y,
  );

const tickLine = (at: string, tick: number): string =>
  `<path d="M${M.left - 3},${at}h1.5" stroke="#555" stroke-width="0.2"/><text x="${M.left - 4}" y="${at}" dy="0.9" text-anchor="end">${tick}</text>`;

function scale(lines: readonly string[], name: string, y: Scale): string {
  const middle = (y.range()[0]! + y.range()[1]!) / 2;
  return `<g fill="#222">${lines.join('')}<text transform="translate(3.4,${mm(middle)}) rotate(-90)" text-anchor="middle">${name}</text></g>`;
}

/** One branch: its line, the bar to its daughters, and how it ends. */
function branch(
  { data, axis, colours, colourBy }: TreeDrawing,
  i: number,
  x: (u: number) => number,
  y: (frame: number) => number,
  leaf: number,
): string {
  const { branches, nodes, nFrames } = data;
  const { layout } = axis;
  const b = layout.order[i]!;
  const [at, from, to] = [x(layout.u[i]!), y(axis.branches.from[b]!), y(axis.branches.t1[b]!)];
  const colour = css(branchColour(colours, b, colourBy, true));
  let d = `M${mm(at)},${mm(from)}V${mm(to)}`;
  let end = '';
  const [a, c] = [branches.childA[b]!, branches.childB[b]!];
  const s = Math.min(0.7, leaf * 0.4);
  if (c >= 0) {
    d += `M${mm(x(layout.u[layout.place[a]!]!))},${mm(to)}H${mm(x(layout.u[layout.place[c]!]!))}`;
    end = `<circle cx="${mm(at)}" cy="${mm(to)}" r="${mm(s * 0.8)}" fill="${colour}" stroke="none"/>`;
  } else if (branches.t1[b] === nFrames - 1) d += `M${mm(at - s)},${mm(to)}h${mm(2 * s)}`;
  else if (nodes.border[branches.nodes[branches.start[b + 1]! - 1]!] === 1) {
    d += `m${mm(-s)},0l${mm(s)},${mm(1.4 * s)}l${mm(s)},${mm(-1.4 * s)}`;
  } else d += `m${mm(-s)},${mm(-s)}l${mm(2 * s)},${mm(2 * s)}m0,${mm(-2 * s)}l${mm(-2 * s)},${mm(2 * s)}`;
  return `<path d="${d}" stroke="${colour}"><title>track ${b + 1}</title></path>${end}`;
}

function names(
  { axis: { branches, layout }, names: labels }: TreeDrawing,
  x: (u: number) => number,
  y: (frame: number) => number,
): string {
  const texts = Array.from({ length: layout.count }, (_, i) => {
    const b = layout.order[i]!;
    const at = mm((y(branches.from[b]!) + y(branches.t1[b]!)) / 2);
    return `<text x="${mm(x(layout.u[i]!) + 0.5)}" y="${at}">${quote(labels?.get(b) ?? String(b + 1))}</text>`;
  });
  return `<g fill="#444" font-size="2">${texts.join('')}</g>`;
}
