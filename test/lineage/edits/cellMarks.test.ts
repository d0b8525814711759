import { describe, expect, it } from 'vitest';
import {
  type CellMarks,
  cellMarks,
  editedLineage,
  type History,
  nameFamily,
} from '../../../src/lineage/index.ts';
import type { Command } from '../../../src/lineage/types.ts';
import { act, smallFamily, undo } from './helpers.ts';

const marksOf = ({ state }: History): CellMarks => cellMarks(state, editedLineage(state));
const tracklet = ({ state }: History, ref: string): number => {
  const { lineage, rowOf } = editedLineage(state);
  return lineage.tracklet[rowOf(ref)]!;
};

describe('cellMarks', () => {
  it('names and colours the cell that the detection belongs to, whatever its number is later', () => {
    const history = smallFamily();
    act(history, { do: 'name', node: '1.2', name: 'Z' });
    act(history, { do: 'colour', node: '2.3', colour: '#123456' });
    const z = tracklet(history, '0.2');
    expect(marksOf(history)).toMatchObject({
      names: new Map([[z, 'Z']]),
      colours: new Map([[z, '#123456']]),
    });
    act(history, { do: 'cut', node: '2.3' });
    const [before, after] = [tracklet(history, '0.2'), tracklet(history, '3.3')];
    expect(before).not.toBe(after);
    expect(marksOf(history).names).toEqual(new Map([[before, 'Z']]));
    expect(marksOf(history).colours).toEqual(new Map([[after, '#123456']]));
  });

  it('takes the earliest name of a cell that has several, in whatever order they came', () => {
    for (const order of [
      ['0.2', '3.3'],
      ['3.3', '0.2'],
    ]) {
      const history = smallFamily();
      for (const node of order) act(history, { do: 'name', node, name: `of ${node}` });
      expect([...marksOf(history).names.values()]).toEqual(['of 0.2']);
    }
  });

  it('lists tags by detection, ends by tracklet and groups by row, without what was deleted', () => {
    const history = smallFamily();
    act(history, { do: 'tag', nodes: ['0.2', '1.2'], tag: 'odd', on: true });
    act(history, { do: 'tag', nodes: ['1.2'], tag: 'big', on: true });
    act(history, { do: 'end', node: '3.3', kind: 'death' });
    act(history, { do: 'group', name: 'mine', nodes: ['0.1', '1.2', '3.2'] });
    const { rowOf } = editedLineage(history.state);
    expect(marksOf(history)).toMatchObject({
      tags: new Map([
        [rowOf('0.2'), ['odd']],
        [rowOf('1.2'), ['big', 'odd']],
      ]),
      ends: new Map([[tracklet(history, '3.3'), 'death']]),
      groups: new Map([['mine', ['0.1', '1.2', '3.2'].map(rowOf)]]),
    });
    act(history, { do: 'delete', nodes: ['1.2'], bridge: true });
    const later = editedLineage(history.state);
    expect(marksOf(history).tags).toEqual(new Map([[later.rowOf('0.2'), ['odd']]]));
    expect(marksOf(history).groups.get('mine')).toEqual(['0.1', '3.2'].map((ref) => later.rowOf(ref)));
  });

  it('is empty again when everything is undone', () => {
    const history = smallFamily();
    const commands: Command[] = [
      { do: 'name', node: '0.1', name: 'AB' },
      { do: 'colour', node: '0.1', colour: '#aabbcc' },
      { do: 'tag', nodes: ['0.1'], tag: 'x', on: true },
      { do: 'group', name: 'g', nodes: ['0.1'] },
    ];
    for (const command of commands) act(history, command);
    for (let i = 0; i < commands.length; i++) undo(history);
    const { names, colours, tags, groups } = marksOf(history);
    expect([names.size, colours.size, tags.size, groups.size]).toEqual([0, 0, 0, 0]);
  });
});

describe('nameFamily', () => {
  it('gives the daughter further left the first letter, and every cell one name', () => {
    const { lineage, refOf, rowOf } = editedLineage(smallFamily().state);
    const { childA, childB, detections } = lineage;
    const { z, y, x } = detections;
    const rows = { childA, childB, z, y, x };
    const named = nameFamily(rows, rowOf('0.1'), 'AB').map(([row, name]) => [refOf(row), name]);
    const left = x[rowOf('2.1')]! < x[rowOf('2.2')]!;
    expect(named).toEqual([
      ['0.1', 'AB'],
      [left ? '2.1' : '2.2', 'ABa'],
      [left ? '2.2' : '2.1', 'ABp'],
    ]);
    const flipped = { ...rows, x: x.map((v) => -v) };
    const [, first] = nameFamily(flipped, rowOf('0.1'), 'AB', { axis: 'x', letters: ['l', 'r'] });
    expect([refOf(first![0]), first![1]]).toEqual([left ? '2.2' : '2.1', 'ABl']);
  });

  it('stops where names would be too long', () => {
    const { lineage, rowOf } = editedLineage(smallFamily().state);
    const rows = { ...lineage.detections, childA: lineage.childA, childB: lineage.childB };
    expect(nameFamily(rows, rowOf('0.1'), 'AB', undefined, 2)).toHaveLength(1);
  });
});
