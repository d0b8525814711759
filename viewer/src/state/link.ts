import { SCOPES, type Scope } from '../data/kin.ts';
import type { Marking } from '../image/backend.ts';
import { COLOUR_BY, type ColourBy } from '../image/palette.ts';
import { TREE_SORTS, type TreeSort } from '../layout/sortTrees.ts';
import { AXIS_NAMES, type AxisName } from '../layout/treeAxis.ts';
import {
  DIALOGS,
  type DialogName,
  LOWERS,
  type Lower,
  type MovieView,
  QUEUE_FILTERS,
  type QueueFilter,
  SPEEDS,
  TABS,
  TAILS_WAYS,
  type Tab,
  type TableView,
  type TailsWay,
  TREE_MODES,
  type TreeMode,
  type TreeView,
} from './state.ts';

/** What a link holds; everything may be absent. Node names are `frame.label`. */
export interface LinkState {
  t?: number;
  selected?: string;
  scope?: Scope;
  /** Cells selected besides. */
  also?: string[];
  event?: string;
  /** Place of an item of the review: `out:43.71`. */
  item?: string;
  movieView?: MovieView;
  treeMode?: TreeMode;
  treeDown?: boolean;
  treeView?: TreeView;
  treeAxis?: AxisName;
  treeSort?: TreeSort;
  /** First cells of trees that are pinned and hidden, and of branches that are collapsed. */
  pinned?: string[];
  hidden?: string[];
  closed?: string[];
  /** Frames in the inspector. */
  strip?: number;
  colourBy?: ColourBy;
  marking?: Marking;
  tails?: number;
  tailsWay?: TailsWay;
  /** Times as fast as usual. */
  speed?: number;
  z?: number | 'max';
  tab?: Tab;
  /** Per channel: black, white, gamma and whether shown; null = automatic. */
  channels?: ({ low: number; high: number; gamma: number; on: boolean } | null)[];
  /** Which movie it is of: the beginning of its fingerprint. */
  dataset?: string;
  /** Where the selected cell is, micrometres `[x, y, z]`: to find the nearest when it is no more. */
  place?: [number, number, number];
  /** Width and height of the movie in the page, percent. */
  layout?: [number, number];
  /** Of the table that is shown. */
  table?: TableView;
  /** Events that the queue is filtered for. */
  kind?: QueueFilter;
  /** Of all views. */
  filter?: string;
  dialog?: DialogName;
  lower?: Lower;
  /** Keys of other versions, kept as they came. */
  unknown?: Record<string, string>;
}

const VERSION = '1';
const MARKINGS: readonly Marking[] = ['outline', 'fill', 'none'];
const KNOWN = [
  'v',
  't',
  's',
  'sc',
  'sa',
  'e',
  'i',
  'm',
  'tree',
  'ax',
  'ts',
  'tp',
  'th',
  'tc',
  'n',
  'c',
  'o',
  'l',
  'lw',
  'z',
  'p',
  'w',
  'd',
  'a',
  'lay',
  'f',
  'k',
  'fl',
  'sp',
  'x',
  'b',
];
/** Longest link kept, in characters. */
const MAX_LENGTH = 2048;

const DECIMALS = 4;
const round = (value: number): number => Number(value.toFixed(DECIMALS));
/** A number with few decimals, as short as it goes. */
const short = (value: number): string => String(round(value));

/** Views as links hold them: what is on screen and what a link brings back are then equal to the pixel. */
export const roundMovie = ({ x, y, k }: MovieView): MovieView => ({
  x: round(x),
  y: round(y),
  k: Number(k.toPrecision(7)),
});
export const roundTree = ({ u0, u1, v0, v1 }: TreeView): TreeView => ({
  u0: round(u0),
  u1: round(u1),
  v0: round(v0),
  v1: round(v1),
});

/** The hash of a link, without `#`. Values at their default need not be given. */
export function encodeLink(link: LinkState): string {
  const parts: [string, string][] = [['v', VERSION]];
  const add = (key: string, value: string | undefined): void => {
    if (value !== undefined) parts.push([key, value]);
  };
  add('t', link.t?.toString());
  add('s', link.selected);
  add('sc', link.scope);
  add('sa', link.also?.join());
  add('e', link.event);
  add('i', link.item);
  const { movieView: m, treeView: w } = link;
  add('m', m && [short(m.x), short(m.y), String(roundMovie(m).k)].join());
  const tree = [link.treeMode ?? 'all', link.treeDown === false ? 'right' : 'down'];
  if (w !== undefined) tree.push(short(w.u0), short(w.u1), short(w.v0), short(w.v1));
  if (link.treeMode !== undefined || link.treeDown !== undefined || w !== undefined) add('tree', tree.join());
  add('ax', link.treeAxis);
  add('ts', link.treeSort);
  add('tp', link.pinned?.join());
  add('th', link.hidden?.join());
  add('tc', link.closed?.join());
  add('n', link.strip?.toString());
  add('c', link.colourBy);
  add('o', link.marking);
  add('l', link.tails?.toString());
  add('lw', link.tailsWay);
  add('z', link.z?.toString());
  add('p', link.tab);
  add(
    'w',
    link.channels
      ?.map((c) =>
        c === null ? 'auto' : [short(c.low), short(c.high), short(c.gamma), c.on ? 1 : 0].join(':'),
      )
      .join(),
  );
  add('f', link.table && `${link.table.sortBy},${link.table.direction},${link.table.filter}`);
  add('k', link.kind);
  add('fl', link.filter);
  add('sp', link.speed?.toString());
  add('x', link.dialog);
  add('b', link.lower);
  add('lay', link.layout?.map(short).join());
  add('a', link.place?.map((v) => String(Number(v.toFixed(1)))).join());
  add('d', link.dataset);
  for (const [key, value] of Object.entries(link.unknown ?? {})) parts.push([key, value]);
  const text = parts
    .map(([key, value]) => `${key}=${encodeURIComponent(value).replace(/%2C|%3A/g, decodeURIComponent)}`)
    .join('&');
  return text.length <= MAX_LENGTH ? text : text.slice(0, text.lastIndexOf('&', MAX_LENGTH));
}

/** What a hash says. Never fails: what cannot be read is left out. */
export function decodeLink(hash: string): LinkState {
  const link: LinkState = {};
  const unknown: Record<string, string> = {};
  for (const part of hash.replace(/^#/, '').split('&')) {
    const at = part.indexOf('=');
    if (at <= 0) continue;
    const key = part.slice(0, at);
    const value = decode(part.slice(at + 1));
    if (!KNOWN.includes(key)) unknown[key] = value;
    else readKey(link, key, value);
  }
  if (Object.keys(unknown).length > 0) link.unknown = unknown;
  return link;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const numbers = (value: string): number[] =>
  value.split(',').map((text) => (text === '' ? Number.NaN : Number(text)));
const oneOf = <T extends string>(all: readonly T[], value: string | undefined): T | undefined =>
  all.find((one) => one === value);
const natural = (value: string): number | undefined => (/^\d{1,9}$/.test(value) ? Number(value) : undefined);

function put<K extends keyof LinkState>(link: LinkState, key: K, value: LinkState[K] | undefined): void {
  if (value !== undefined) link[key] = value;
}

function readKey(link: LinkState, key: string, value: string): void {
  if (key === 't') put(link, 't', natural(value));
  else if (key === 's') put(link, 'selected', /^\d+[.~]\d+$/.test(value) ? value : undefined);
  else if (key === 'e') put(link, 'event', /^\d+[.~]\d+$/.test(value) ? value : undefined);
  else if (key === 'i') put(link, 'item', /^(in|out):\d+[.~]\d+$/.test(value) ? value : undefined);
  else if (key === 'sc') put(link, 'scope', oneOf(SCOPES, value));
  else if (key === 'sa') put(link, 'also', refsOf(value));
  else if (key === 'm') readMovie(link, numbers(value));
  else if (key === 'tree') readTree(link, value.split(','));
  else if (key === 'ax') put(link, 'treeAxis', oneOf(AXIS_NAMES, value));
  else if (key === 'ts') put(link, 'treeSort', oneOf(TREE_SORTS, value));
  else if (key === 'tp') put(link, 'pinned', refsOf(value));
  else if (key === 'th') put(link, 'hidden', refsOf(value));
  else if (key === 'tc') put(link, 'closed', refsOf(value));
  else if (key === 'n') put(link, 'strip', natural(value));
  else if (key === 'c') put(link, 'colourBy', oneOf(COLOUR_BY, value));
  else if (key === 'o') put(link, 'marking', oneOf(MARKINGS, value));
  else if (key === 'l') put(link, 'tails', natural(value));
  else if (key === 'lw') put(link, 'tailsWay', oneOf(TAILS_WAYS, value));
  else if (key === 'z') put(link, 'z', value === 'max' ? 'max' : natural(value));
  else if (key === 'p') put(link, 'tab', oneOf(TABS, value));
  else if (key === 'w') readChannels(link, value);
  else if (key === 'd') put(link, 'dataset', /^[\w-]{1,16}$/.test(value) ? value : undefined);
  else if (key === 'a') put(link, 'place', ofLength(3, numbers(value)) as [number, number, number]);
  else if (key === 'lay') put(link, 'layout', ofLength(2, numbers(value)) as [number, number]);
  else if (key === 'f') readTable(link, value);
  else if (key === 'k') put(link, 'kind', oneOf(QUEUE_FILTERS, value));
  else if (key === 'fl') put(link, 'filter', value);
  else if (key === 'sp')
    put(
      link,
      'speed',
      SPEEDS.find((one) => one === Number(value)),
    );
  else if (key === 'x') put(link, 'dialog', oneOf(DIALOGS, value));
  else if (key === 'b') put(link, 'lower', oneOf(LOWERS, value));
}

/** Names of cells, or nothing. */
function refsOf(value: string): string[] | undefined {
  const refs = value.split(',').filter((ref) => /^\d+[.~]\d+$/.test(ref));
  return refs.length > 0 ? refs : undefined;
}

/** So many numbers, or nothing. */
const ofLength = (n: number, values: number[]): number[] | undefined =>
  values.length === n && values.every(Number.isFinite) ? values : undefined;

function readTable(link: LinkState, value: string): void {
  const match = /^([a-z_]+),(-?1),(.*)$/s.exec(value);
  if (match === null) return;
  link.table = { sortBy: match[1]!, direction: match[2] === '1' ? 1 : -1, filter: match[3]! };
}

function readMovie(link: LinkState, [x, y, k]: number[]): void {
  if ([x, y, k].every(Number.isFinite) && k! > 0) link.movieView = { x: x!, y: y!, k: k! };
}

function readTree(link: LinkState, [mode, direction, ...rest]: string[]): void {
  put(link, 'treeMode', oneOf(TREE_MODES, mode));
  if (direction === 'down' || direction === 'right') link.treeDown = direction === 'down';
  const [u0, u1, v0, v1] = rest.map(Number);
  if ([u0, u1, v0, v1].every(Number.isFinite) && u0! < u1! && v0! < v1!) {
    link.treeView = { u0: u0!, u1: u1!, v0: v0!, v1: v1! };
  }
}

function readChannels(link: LinkState, value: string): void {
  link.channels = value.split(',').map((text) => {
    const [low, high, gamma, on] = text.split(':').map(Number);
    const good = [low, high, gamma, on].every(Number.isFinite) && low! < high! && gamma! > 0;
    return good ? { low: low!, high: high!, gamma: gamma!, on: on === 1 } : null;
  });
}
