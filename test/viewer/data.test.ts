import { describe, expect, it } from 'vitest';
import { buildBranches, nodeAt, sisterOf } from '../../viewer/src/data/branches.ts';
import { buildDataset } from '../../viewer/src/data/dataset.ts';
import { placeLabels } from '../../viewer/src/data/labels.ts';
import {
  alongLineage,
  besideInTree,
  divisionAlong,
  divisionInTime,
  divisionNear,
  firstLook,
} from '../../viewer/src/data/navigate.ts';
import { findNode, nodeRef } from '../../viewer/src/data/refs.ts';
import type { Info, LabelPlane } from '../../viewer/src/data/types.ts';
import {
  formatCount,
  formatNumber,
  formatSpan,
  formatTick,
  formatTime,
  roundLength,
  timeUnit,
} from '../../viewer/src/data/units.ts';
import { colourLineages } from '../../viewer/src/image/colouring.ts';
import { layoutTree, rootsBySize } from '../../viewer/src/layout/leafOrder.ts';
import { hasPixels } from '../../viewer/src/views/inspector/cropMarks.ts';
import { planStrip } from '../../viewer/src/views/inspector/strip.ts';
import { family } from './family.ts';

const data = family();

describe('buildDataset', () => {
  it('finds branches, their daughters and where their marks begin', () => {
    const b = data.branches;
    expect(b.count).toBe(4);
    expect([[...b.t0], [...b.t1], [...b.from]]).toEqual([
      [0, 0, 2, 2],
      [1, 4, 4, 3],
      [0, 0, 1, 1],
    ]);
    expect([[...b.childA], [...b.childB], [...b.parent]]).toEqual([
      [2, -1, -1, -1],
      [3, -1, -1, -1],
      [-1, -1, 0, 0],
    ]);
    expect([...b.generation]).toEqual([0, 0, 1, 1]);
    expect([...data.frameStart]).toEqual([0, 2, 4, 6, 9, 11]);
    expect([...data.divisions]).toEqual([2]);
    expect(data.nLineages).toBe(2);
  });

  it('measures the picture around the points when there is no image', () => {
    const { space } = family([0, 0, 0]);
    expect(space.width).toBeGreaterThan(30);
    expect(10 * space.scale[0] + space.offset[0]).toBeGreaterThan(2);
  });

  it('takes a result without a cell', () => {
    const none = { count: 0 } as Record<string, unknown>;
    const names = [
      't',
      'parent',
      'childA',
      'childB',
      'tracklet',
      'lineage',
      'label',
      'x',
      'y',
      'z',
      'size',
      'radius',
      'border',
    ];
    for (const name of names) none[name] = new Int32Array(0);
    const movie = { nFrames: 1, ndim: 2, shape: [1, 5, 5], voxelSize: [1, 1, 1], timeStep: 1, channels: [] };
    const empty = buildDataset({ run: { movie }, imageProblem: null } as unknown as Info, none as never);
    expect([empty.branches.count, empty.nFrames, firstLook(empty)]).toEqual([0, 1, -1]);
  });

  it('names a column that is not there', () => {
    expect(() => buildDataset({} as Info, { t: new Int32Array(1) })).toThrow('no column "label"');
  });
});

describe('buildBranches', () => {
  it('finds the node of a frame, across a gap the one before', () => {
    const branches = buildBranches(data.nodes);
    expect([0, 1, 2, 3, 4, 5].map((t) => nodeAt(branches, data.nodes, 1, t))).toEqual([1, 3, 3, 8, 10, -1]);
    expect([sisterOf(branches, 2), sisterOf(branches, 3), sisterOf(branches, 0)]).toEqual([3, 2, -1]);
  });
});

describe('navigation', () => {
  const layout = layoutTree(data.branches, rootsBySize(data.branches, [0, 1]));

  it('goes to parent and child, through daughter A, and stays at the ends', () => {
    expect([
      alongLineage(data, 4, -1),
      alongLineage(data, 2, 1),
      alongLineage(data, 0, -1),
      alongLineage(data, 10, 1),
    ]).toEqual([2, 4, 0, 10]);
  });

  it('goes to the sister, then to the neighbour in the tree', () => {
    expect(besideInTree(data, layout, 6, 1)).toBe(7);
    expect(besideInTree(data, layout, 7, 1)).toBe(8);
    expect(besideInTree(data, layout, 8, 1)).toBe(-1);
    expect(besideInTree(data, layout, 7, -1)).toBe(6);
  });

  it('finds divisions along the lineage, in time, and of a cell', () => {
    expect([
      divisionAlong(data, 9, -1),
      divisionAlong(data, 0, 1),
      divisionAlong(data, 2, 1),
      divisionAlong(data, 1, 1),
    ]).toEqual([2, 2, -1, -1]);
    expect([
      divisionInTime(data, 0, 1),
      divisionInTime(data, 2, 1),
      divisionInTime(data, 10, 1),
      divisionInTime(data, 10, -1),
    ]).toEqual([2, 2, 2, 2]);
    expect([divisionNear(data, 0), divisionNear(data, 9), divisionNear(data, 8)]).toEqual([2, 2, -1]);
    expect(firstLook(data)).toBe(2);
  });
});

describe('nodeRef', () => {
  it('comes back through findNode for every node, with labels or without', () => {
    const bare = family();
    bare.nodes.label.fill(0);
    for (const set of [data, bare]) {
      for (let i = 0; i < set.nodes.count; i++) expect(findNode(set, nodeRef(set, i))).toBe(i);
    }
    expect(nodeRef(data, 7)).toBe('3.8');
    expect([findNode(data, '9.7'), findNode(data, '3.99'), findNode(data, 'x')]).toEqual([-1, -1, -1]);
  });
});

describe('placeLabels', () => {
  it('turns labels into places and drops those that are not in the table', () => {
    const plane = { data: Uint16Array.of(0, 7, 7, 8, 5, 9), width: 3, height: 2 };
    expect([...placeLabels(plane, data.nodes, 6, 9).data]).toEqual([0, 1, 1, 2, 0, 3]);
  });
});

describe('planStrip', () => {
  it('shows the parent before and both daughters after, at one scale', () => {
    const { frames, half } = planStrip(data, 2, { kind: 'division', node: 2 });
    expect(frames.map((f) => f.t)).toEqual([0, 1, 2, 3, 4]);
    expect(frames.map((f) => f.cells.map((c) => `${c.role}${c.node}`).join(' '))).toEqual([
      'P0',
      'P2',
      'A4 B5',
      'A6 B7',
      'A9',
    ]);
    expect([frames[2]!.x, frames[2]!.y]).toEqual([10.5, 10.5]);
    expect(half).toBeGreaterThanOrEqual(6.4);
  });

  it('follows a cell without a division', () => {
    const { frames } = planStrip(data, 3, null);
    expect(frames.map((f) => f.cells.map((c) => c.node).join())).toEqual(['1', '3', '3', '8', '10']);
    // A cell to which nothing happens is nobody's parent.
    expect(new Set(frames.flatMap((f) => f.cells.map((c) => c.role)))).toEqual(new Set(['']));
  });
});

describe('planStrip of doubtful places', () => {
  it('numbers the cells of other explanations by their keys, before and after', () => {
    const lost = planStrip(data, 7, { kind: 'disappearance', node: 7 }, [
      { source: 7, targets: [10], prob: 0.3 },
      { source: 7, targets: [9], prob: 0.1 },
    ]);
    expect(lost.zero).toBe(4);
    const said = lost.frames.map((f) => `${f.t}: ${f.cells.map((c) => `${c.role}${c.node}`).join(' ')}`);
    expect(said).toEqual(['1: P2', '2: P5', '3: P7', '4: 110 29']);
    const begins = planStrip(data, 8, { kind: 'appearance', node: 8 }, [
      { source: 3, targets: [8], prob: 1 },
    ]);
    expect(begins.frames.map((f) => f.cells.map((c) => `${c.role}${c.node}`).join(' '))).toEqual([
      '11',
      '13',
      '',
      'A8',
      'A10',
    ]);
  });
});

describe('colourLineages', () => {
  it('gives neighbours different colours', () => {
    const colours = colourLineages(data, [1, 2]);
    expect(colours[1]).not.toBe(colours[2]);
  });
});

describe('units', () => {
  it('reads frames as time', () => {
    const hours = timeUnit({ timeStep: 1800, timeStepKnown: true, nFrames: 92 });
    expect([formatTime(47, 1800, hours), formatSpan(31, hours), formatSpan(Number.NaN, hours)]).toEqual([
      '23 h 30 min',
      '15.5 h',
      '–',
    ]);
    const minutes = timeUnit({ timeStep: 300, timeStepKnown: true, nFrames: 30 });
    expect(formatSpan(3, minutes)).toBe('15 min');
    const none = timeUnit({ timeStep: 1, timeStepKnown: false, nFrames: 96 });
    expect([formatTime(12, 1, none), formatSpan(1, none), formatSpan(2, none)]).toEqual([
      'frame 12',
      '1 frame',
      '2 frames',
    ]);
    expect(formatTime(19_999, 1, none)).toBe('frame 19,999');
  });

  it('rounds lengths down to 1, 2 or 5 times a power of ten', () => {
    expect([83, 49, 19.9, 1, 0.3].map(roundLength)).toEqual([50, 20, 10, 1, 0.2]);
  });

  it('groups the digits of counts', () => {
    expect([0, 999, 1000, 8600, 1234567, -4321].map(formatCount)).toEqual([
      '0',
      '999',
      '1,000',
      '8,600',
      '1,234,567',
      '-4,321',
    ]);
  });

  it('writes numbers with three digits', () => {
    expect([27.7342, 0.74912, 1234.5, 0, Number.NaN].map((v) => formatNumber(v))).toEqual([
      '27.7',
      '0.749',
      '1235',
      '0',
      '–',
    ]);
  });
});

describe('formatTick', () => {
  it('has room in the margin of a small chart, whatever the size', () => {
    const said = [0, 0.5, 0.05, 0.0005, -0.005, 2, 200, 1000, 2500, 15_000].map(formatTick);
    expect(said).toEqual(['0', '0.5', '0.05', '5e-4', '-5e-3', '2', '200', '1k', '2.5k', '15k']);
  });
});

describe('hasPixels', () => {
  it('looks for the cell around its place, in the part of the picture that the labels are of', () => {
    const labels = { data: Uint32Array.of(0, 0, 0, 0, 2, 0), width: 3, height: 2, at: { x: 10, y: 20 } };
    expect(hasPixels(labels as unknown as LabelPlane, 2, 11, 21, 2)).toBe(true);
    expect(hasPixels(labels as unknown as LabelPlane, 1, 11, 21, 2)).toBe(false);
    expect(hasPixels(labels as unknown as LabelPlane, 2, 15, 21, 2)).toBe(false);
  });
});
