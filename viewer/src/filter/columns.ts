import type { App } from '../app.ts';
import { type Cycle, findCycles } from '../data/cycles.ts';
import { cellColumns } from '../tables/cellColumns.ts';
import { type Column, tracksTable } from '../tables/columns.ts';

/** Something that the filter can ask of a detection, or of its track: then all detections of a track have one answer. */
export interface FilterColumn extends Pick<Column, 'key' | 'hint' | 'value' | 'word'> {
  ofTrack: boolean;
}

/** Runs once, when somebody asks. */
function lazily<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** Everything that can be asked, numbers and names of tracks first; rows are those of the nodes. */
export function filterColumns(app: App): FilterColumn[] {
  const { tracklet } = app.data.nodes;
  const ofTrack = ({
    key,
    hint,
    value,
    word,
  }: Pick<Column, 'key' | 'hint' | 'value' | 'word'>): FilterColumn => ({
    key,
    hint,
    ofTrack: true,
    value: (node) => value(tracklet[node]! - 1),
    ...(word === undefined ? {} : { word: (node: number) => word(tracklet[node]! - 1) }),
  });
  const cells = cellColumns(app).map(({ key, hint, value }) => ({ key, hint, value, ofTrack: false }));
  const tracks = [...tracksTable(app).columns, ...lives(app)];
  const known = new Set(cells.map(({ key }) => key));
  const [number, lineage] = ['tracklet', 'lineage'].map((key) => tracks.find((c) => c.key === key)!);
  return [
    ofTrack(number!),
    ofTrack(lineage!),
    ...cells.filter(({ key }) => key !== 'tracklet' && key !== 'lineage'),
    ...tracks.filter(({ key }) => !known.has(key)).map(ofTrack),
  ];
}

/** Cell cycles, and how sure tracks are. */
function lives(app: App): Pick<Column, 'key' | 'hint' | 'value'>[] {
  const { unit, data } = app;
  const cycles = lazily(() => new Map(findCycles(data).map((cycle) => [cycle.branch, cycle])));
  const length = (cycle: Cycle | undefined): number =>
    cycle === undefined ? Number.NaN : cycle.frames * unit.perFrame;
  const { parent, childA, childB } = data.branches;
  const sister = (b: number): number => {
    const mother = parent[b]!;
    return mother < 0 ? -1 : childA[mother] === b ? childB[mother]! : childA[mother]!;
  };
  return [
    {
      key: 'cycle',
      hint: `from birth to division, or as long as it was followed, ${unit.name}`,
      value: (b) => length(cycles().get(b)),
    },
    {
      key: 'sister_cycle',
      hint: `cycle of its sister, ${unit.name}`,
      value: (b) => length(cycles().get(sister(b))),
    },
    {
      key: 'sure',
      hint: 'probability of its least sure link',
      value: (b) => app.measures.value.confidence[b]!,
    },
  ];
}
