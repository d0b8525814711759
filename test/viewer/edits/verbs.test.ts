import { describe, expect, it } from 'vitest';
import type { App } from '../../../viewer/src/app.ts';
import { marksFrom, NO_MARKS } from '../../../viewer/src/edits/marks.ts';
import { nearest, next } from '../../../viewer/src/edits/reach.ts';
import { splitCommand } from '../../../viewer/src/edits/split.ts';
import { VERBS } from '../../../viewer/src/edits/verbs.ts';
import { family } from '../family.ts';

const data = family();
const verb = (name: string) => VERBS.find((one) => one.name === name)!;
const say = (name: string, node: number, picked: number[] = [], marks = NO_MARKS) =>
  verb(name).command(data, node, picked, marks);

describe('VERBS', () => {
  it('has every key once', () => {
    const keys = VERBS.map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('shifts a division by a frame with the daughter that lies farther away', () => {
    expect(say('division-earlier', 2)).toMatchObject({ do: 'shift-division', parent: '1.7', by: -1 });
    expect(say('division-later', 4)).toMatchObject({ parent: '1.7', by: 1, hide: true });
    expect(say('division-later', 1)).toMatch(/no division/);
  });

  it('merges two objects of a frame, and nothing else', () => {
    expect(say('merge', 4, [5])).toEqual({ do: 'merge-objects', nodes: ['2.7', '2.8'] });
    expect(say('merge', 4, [6])).toMatch(/one frame/);
    expect(say('merge', 4, [4])).toMatch(/one frame/);
  });

  it('deletes with and without a bridge over the gap', () => {
    expect(say('delete', 3)).toEqual({ do: 'delete', nodes: ['1.9'], bridge: true });
    expect(say('delete-alone', 3)).toEqual({ do: 'delete', nodes: ['1.9'], bridge: false });
  });

  it('approves a link, a track, a lineage, and opens the latter two again', () => {
    expect(say('verify-link', 8)).toMatchObject({ what: { link: ['1.9', '3.9'] }, on: true });
    expect(say('verify-link', 1)).toMatch(/nowhere/);
    expect(say('verify-branch', 3)).toMatchObject({ what: { branch: '1.9' }, on: true });
    const marks = marksFrom({ frozen: { '1.9': 'both' } });
    expect(say('verify-lineage', 3, [], marks)).toMatchObject({ what: { lineage: '1.9' }, on: false });
  });

  it('says how a track ends, and takes it back when it is said again', () => {
    expect(say('death', 5)).toEqual({ do: 'end', node: '3.8', kind: 'death' });
    const marks = marksFrom({ ends: { '3.8': 'death' } });
    expect(say('death', 5, [], marks)).toEqual({ do: 'end', node: '3.8', kind: null });
    expect(say('leaves', 5, [], marks)).toEqual({ do: 'end', node: '3.8', kind: 'leaves' });
    expect(say('death', 0)).toMatch(/ends in a division/);
  });
});

describe('nearest and next', () => {
  it('go through the cells of a frame from near to far, round and back', () => {
    expect(nearest(data, 5, 3)).toBe(7);
    const round = [0, 1, 2].reduce((all: number[]) => [...all, next(data, 5, 3, all.at(-1)!, 1)], [7]);
    expect(round).toEqual([7, 6, 8, 7]);
    expect(next(data, 5, 3, 7, -1)).toBe(8);
    expect(next(data, 5, 3, -1, 1)).toBe(7);
  });

  it('never name the cell itself, and nothing in an empty frame', () => {
    expect(nearest(data, 4, 2)).toBe(5);
    expect(next(data, 4, 2, 5, 1)).toBe(5);
    const lone = { ...data, frameStart: Int32Array.of(0, 0, 0, 0, 0, 0) };
    expect([nearest(lone, 4, 2), next(lone, 4, 2, -1, 1)]).toEqual([-1, -1]);
  });
});

describe('splitCommand', () => {
  const app = (hasLabels: boolean): App => {
    const { run } = data.info;
    const state = { t: { peek: () => 0 }, z: { peek: () => 0 } };
    return { data: { ...data, info: { ...data.info, run: { ...run, hasLabels } } }, state } as unknown as App;
  };
  const at = (x: number, y: number, node = -1) => ({ x, y, node, k: 1 });

  it('cuts between two places of the cell, along a line beside it, and by itself without either', () => {
    expect(splitCommand(app(true), 0, [])).toEqual({ do: 'split-object', node: '0.7', auto: true });
    const inside = splitCommand(app(true), 0, [at(9.5, 10.5, 0), at(12.5, 10.5, 0)]);
    expect(inside).toEqual({
      do: 'split-object',
      node: '0.7',
      seeds: [
        [10, 9],
        [10, 12],
      ],
    });
    const beside = splitCommand(app(true), 0, [at(9.5, 10.5, 0), at(30.5, 10.5)]);
    expect(beside).toEqual({
      do: 'split-object',
      node: '0.7',
      line: [
        [10, 9],
        [10, 30],
      ],
    });
  });

  it('takes places only where there are no outlines, and two different ones', () => {
    expect(splitCommand(app(false), 0, [])).toMatch(/no outlines/);
    expect(splitCommand(app(false), 0, [at(1, 1), at(30, 10)])).toMatchObject({ seeds: expect.anything() });
    expect(splitCommand(app(true), 0, [at(1, 1), at(1, 1)])).toMatch(/one place/);
  });
});
