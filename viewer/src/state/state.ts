import { type Signal, signal } from '@preact/signals-core';
import type { Scope } from '../data/kin.ts';
import type { Info } from '../data/types.ts';
import type { Marking } from '../image/backend.ts';
import type { ColourBy, Rgb } from '../image/palette.ts';
import { PLAIN, type TreeShape } from '../layout/shape.ts';
import type { TreeSort } from '../layout/sortTrees.ts';
import type { AxisName } from '../layout/treeAxis.ts';

/** How a channel is shown. `low`, `high`: grey values; NaN until measured. */
export interface ChannelState {
  on: boolean;
  low: number;
  high: number;
  gamma: number;
  colour: Rgb;
  /** True until somebody sets the contrast by hand. */
  auto: boolean;
}

/** The movie's view: world position in the middle, and CSS pixels for one world unit. Null = all in view. */
export interface MovieView {
  x: number;
  y: number;
  k: number;
}

/** The tree's view in leaves and frames. Null = all in view. */
export interface TreeView {
  u0: number;
  u1: number;
  v0: number;
  v1: number;
}

export type TreeMode = 'all' | 'lineage' | 'subtree';
export const TREE_MODES: readonly TreeMode[] = ['all', 'lineage', 'subtree'];
export type Tab = 'review' | 'tracks' | 'divisions' | 'cells' | 'plots' | 'history';
export const TABS: readonly Tab[] = ['review', 'tracks', 'divisions', 'cells', 'plots', 'history'];
/** Events that the queue shows. */
export type QueueFilter = 'all' | 'division' | 'link' | 'appearance' | 'disappearance';
export const QUEUE_FILTERS: readonly QueueFilter[] = [
  'all',
  'division',
  'link',
  'appearance',
  'disappearance',
];
/** How a table is sorted and filtered; a column's key, 1 = smallest first. */
export interface TableView {
  sortBy: string;
  direction: 1 | -1;
  filter: string;
}
/** What lies below the movie. */
export type Lower = 'tree' | 'plot';
export const LOWERS: readonly Lower[] = ['tree', 'plot'];
/** Dialogs that a link can open; '' = none. */
export type DialogName = 'sheet' | 'keys';
export const DIALOGS: readonly DialogName[] = ['sheet', 'keys'];
/** Do tails show where cells came from, where they go, or both? */
export type TailsWay = 'past' | 'future' | 'both';
export const TAILS_WAYS: readonly TailsWay[] = ['past', 'future', 'both'];
/** The one store that every view reads: what is shown, selected and pointed at. Nodes are rows, -1 = none. */
export interface State {
  t: Signal<number>;
  playing: Signal<boolean>;
  /** Times as fast as usual. */
  speed: Signal<number>;
  selected: Signal<number>;
  scope: Signal<Scope>;
  /** Cells selected besides, one by one. */
  also: Signal<readonly number[]>;
  hover: Signal<number>;
  /** Node that divides, shown in the inspector. */
  event: Signal<number>;
  /** Name of the item of the review that is looked at, '' = none. */
  item: Signal<string>;
  colourBy: Signal<ColourBy>;
  marking: Signal<Marking>;
  /** Frames of tail, 0 = none. */
  tails: Signal<number>;
  tailsWay: Signal<TailsWay>;
  z: Signal<number | 'max'>;
  channels: Signal<readonly ChannelState[]>;
  movieView: Signal<MovieView | null>;
  treeView: Signal<TreeView | null>;
  treeMode: Signal<TreeMode>;
  /** Time runs down, or to the right. */
  treeDown: Signal<boolean>;
  /** What runs there: time, or generations. */
  treeAxis: Signal<AxisName>;
  /** What trees were last put in order by. */
  treeSort: Signal<TreeSort>;
  treeShape: Signal<TreeShape>;
  /** Frames of the inspector's strip. */
  stripFrames: Signal<number>;
  tab: Signal<Tab>;
  /** Tables that somebody sorted or filtered. */
  tables: Signal<Partial<Record<Tab, TableView>>>;
  queueFilter: Signal<QueueFilter>;
  /** What every view shows, and leaves out: see `keptBy`. */
  filter: Signal<string>;
  dialog: Signal<DialogName | ''>;
  /** Width and height of the movie in percent of the page, null = as the style has it. */
  panes: Signal<readonly [number, number] | null>;
  /** Is a box about to be drawn that the movie or the tree zooms to? */
  boxing: Signal<boolean>;
  /** Is a box about to be drawn in the movie whose cells the filter keeps? */
  fencing: Signal<boolean>;
  /** Below the movie: the tree, or what is measured of the selected lineage. */
  lower: Signal<Lower>;
  /** True while V is held: the raw image alone. */
  bare: Signal<boolean>;
  light: Signal<boolean>;
  /** A line on the movie: what failed, or what a key did. */
  notice: Signal<string>;
}

export const DEFAULT_TAILS = 8;
/** Frames of the inspector's strip: as it opens, and what can be chosen. */
export const STRIP_FRAMES = 7;
export const STRIP_CHOICES = [3, 5, 7, 9, 11, 15] as const;
/** How fast the movie can play, times the usual. */
export const SPEEDS = [0.25, 0.5, 1, 2, 4] as const;
/** What is chosen, or the usual number. */
export const stripFrames = (n: number | undefined): number =>
  STRIP_CHOICES.find((one) => one === n) ?? STRIP_FRAMES;

/** How cells are marked at first: nuclei keep their texture; of points without pixels there is none to hide. */
export const usualMarking = ({ run, imageProblem }: Pick<Info, 'run' | 'imageProblem'>): Marking =>
  imageProblem !== null && !run.hasLabels ? 'fill' : 'outline';

/** The store with nothing selected. */
export function createState(is3d: boolean, marking: Marking = 'outline'): State {
  return {
    t: signal(0),
    playing: signal(false),
    speed: signal(1),
    selected: signal(-1),
    scope: signal<Scope>('cell'),
    also: signal<readonly number[]>([]),
    hover: signal(-1),
    event: signal(-1),
    item: signal(''),
    colourBy: signal<ColourBy>('lineage'),
    marking: signal(marking),
    tails: signal(DEFAULT_TAILS),
    tailsWay: signal<TailsWay>('past'),
    z: signal<number | 'max'>(is3d ? 'max' : 0),
    channels: signal<readonly ChannelState[]>([]),
    movieView: signal<MovieView | null>(null),
    treeView: signal<TreeView | null>(null),
    treeMode: signal<TreeMode>('all'),
    treeDown: signal(true),
    treeAxis: signal<AxisName>('time'),
    treeSort: signal<TreeSort>('size'),
    treeShape: signal<TreeShape>(PLAIN),
    stripFrames: signal<number>(STRIP_FRAMES),
    tab: signal<Tab>('review'),
    tables: signal({}),
    queueFilter: signal<QueueFilter>('all'),
    filter: signal(''),
    dialog: signal<DialogName | ''>(''),
    panes: signal<readonly [number, number] | null>(null),
    boxing: signal(false),
    fencing: signal(false),
    lower: signal<Lower>('tree'),
    bare: signal(false),
    light: signal(false),
    notice: signal(''),
  };
}
