import { describe, expect, it } from 'vitest';
import type { Command } from '../../../src/lineage/types.ts';
import { markCommand, marksOfCell, type Wanted } from '../../../viewer/src/edits/marking.ts';
import { byBranch, changeMarks, type Marks, marksFrom, NO_MARKS } from '../../../viewer/src/edits/marks.ts';
import { family } from '../family.ts';

const data = family();
const plain: Wanted = { name: '', family: null, colour: null, tags: [], group: '' };

/** What a command names, by detection. */
function names(command: Command | string): [string, string | null][] {
  if (typeof command === 'string' || command.do !== 'many') throw new Error('one step was wanted');
  return command.commands.flatMap((one) => (one.do === 'name' ? [[one.node, one.name]] : []));
}

describe('changeMarks', () => {
  it('follows the log, and leaves the rest as it was', () => {
    const named = changeMarks(NO_MARKS, [{ slot: 'name:0.7', after: 'AB' }]);
    expect(named.names).toEqual(new Map([['0.7', 'AB']]));
    expect(named.tags).toBe(NO_MARKS.tags);
    expect(changeMarks(named, [{ slot: 'name:0.7', before: 'AB' }]).names.size).toBe(0);
    expect(changeMarks(named, [{ slot: 'parent:1.7', after: null }])).toBe(named);
  });

  it('agrees with what the server lists', () => {
    const listed = marksFrom({
      names: { '0.7': 'AB' },
      tags: { '1.9': ['odd'] },
      bookmarks: { look: 't=3' },
      ends: { '3.8': 'death' },
    });
    const followed = changeMarks(NO_MARKS, [
      { slot: 'name:0.7', after: 'AB' },
      { slot: 'tags:1.9', after: ['odd'] },
      { slot: 'bookmark:look', after: 't=3' },
      { slot: 'end:3.8', after: 'death' },
    ]);
    expect(followed).toEqual(listed);
  });
});

describe('byBranch', () => {
  it('takes the earliest of several, and forgets what is not there', () => {
    const found = byBranch(
      data,
      new Map([
        ['4.9', 'late'],
        ['0.9', 'early'],
        ['2.99', 'gone'],
        ['3.8', 'other'],
      ]),
    );
    expect(found).toEqual(
      new Map([
        [1, 'early'],
        [3, 'other'],
      ]),
    );
  });
});

describe('markCommand', () => {
  const marked = (changes: Partial<Record<keyof Marks, Record<string, unknown>>>): Marks =>
    marksFrom(changes);

  it('does in one step what is different, and nothing where nothing is', () => {
    expect(markCommand(data, NO_MARKS, 0, plain)).toBe('nothing is different');
    const wanted = { ...plain, name: 'AB', colour: '#102030', tags: ['a', 'b'], group: 'mine' };
    expect(markCommand(data, NO_MARKS, 0, wanted)).toEqual({
      do: 'many',
      label: 'name 0.7 AB',
      commands: [
        { do: 'name', node: '0.7', name: 'AB' },
        { do: 'colour', node: '0.7', colour: '#102030' },
        { do: 'tag', nodes: ['0.7'], tag: 'a', on: true },
        { do: 'tag', nodes: ['0.7'], tag: 'b', on: true },
        { do: 'group', name: 'mine', nodes: ['0.7'] },
      ],
    });
  });

  it('takes the name from whichever detection of the cell wears it', () => {
    const marks = marked({ names: { '4.9': 'old', '0.7': 'AB' } });
    expect(marksOfCell(data, marks, 1).name).toBe('old');
    expect(names(markCommand(data, marks, 3, { ...plain, name: 'new' }))).toEqual([
      ['4.9', null],
      ['1.9', 'new'],
    ]);
  });

  it('takes away tags and colours that are not wanted any more', () => {
    const marks = marked({ tags: { '0.7': ['a', 'b'] }, colours: { '1.7': '#aaaaaa' } });
    expect(markCommand(data, marks, 0, { ...plain, tags: ['b', 'c'] })).toMatchObject({
      commands: [
        { do: 'colour', node: '1.7', colour: null },
        { do: 'tag', tag: 'a', on: false },
        { do: 'tag', tag: 'c', on: true },
      ],
    });
  });

  it('names the descendants by where they lie, in place of the names that they had', () => {
    const wanted = { ...plain, name: 'AB', family: { axis: 'y' as const, letters: ['a', 'p'] as const } };
    const marks = marked({ names: { '3.8': 'old' } });
    expect(names(markCommand(data, marks, 0, wanted))).toEqual([
      ['3.8', null],
      ['0.7', 'AB'],
      ['2.7', 'ABa'],
      ['2.8', 'ABp'],
    ]);
  });
});
