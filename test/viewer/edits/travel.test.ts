import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EditEntry } from '../../../src/lineage/types.ts';
import { backTo, forwardTo, stacksOf, timeline } from '../../../viewer/src/edits/travel.ts';

let entries: EditEntry[] = [];
function add(kind: EditEntry['kind'], of?: number): void {
  const seq = entries.length + 1;
  const base = { seq, id: `${seq}`, kind, at: '', by: '', label: `edit ${seq}`, changes: [] };
  entries.push(of === undefined ? base : { ...base, of });
}
const seqs = (steps: readonly { seq: number }[]): number[] => steps.map(({ seq }) => seq);

describe('backTo and forwardTo', () => {
  it('name the edits in the order in which they are taken back and done again', () => {
    entries = [];
    for (let i = 0; i < 4; i++) add('edit');
    expect(seqs(backTo(entries, 1))).toEqual([4, 3, 2]);
    expect(seqs(backTo(entries, 0))).toEqual([4, 3, 2, 1]);
    expect(backTo(entries, 4)).toEqual([]);
    for (const of of [4, 3, 2]) add('undo', of);
    expect(seqs(forwardTo(entries, 3))).toEqual([2, 3]);
    expect(forwardTo(entries, 1)).toEqual([]);
  });

  it('leave out what was taken back alone, and forget it after a new edit', () => {
    entries = [];
    for (let i = 0; i < 3; i++) add('edit');
    add('undo', 2);
    expect(seqs(backTo(entries, 1))).toEqual([3]);
    expect(seqs(forwardTo(entries, 2))).toEqual([2]);
    add('edit');
    expect(forwardTo(entries, 2)).toEqual([]);
    expect(stacksOf(entries)).toEqual({ undoable: [1, 3, 5], redoable: [] });
  });

  it('are in the order of the line of time, in which new linkings lie where they came', () => {
    entries = [];
    add('edit');
    add('edit');
    add('rebase');
    add('edit');
    add('undo', 2);
    add('redo', 2);
    expect(seqs(timeline(entries))).toEqual([1, 4, 2, 3]);
    for (const of of seqs(backTo(entries, 1))) add('undo', of);
    expect(seqs(timeline(entries)).filter((seq) => seq !== 3)).toEqual([1, 4, 2]);
    expect(seqs(forwardTo(entries, 2))).toEqual([4, 2]);
  });

  it('lead to exactly the edits asked for, from anywhere', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 9 }), { maxLength: 40 }), fc.nat(), (draws, pick) => {
        entries = [];
        for (const draw of draws) {
          const { undoable, redoable } = stacksOf(entries);
          if (draw < 3 && undoable.length > 0) add('undo', undoable.at(-1));
          else if (draw < 5 && redoable.length > 0) add('redo', redoable.at(-1));
          else add('edit');
        }
        const before = stacksOf(entries).undoable;
        const last = [0, ...before][pick % (before.length + 1)]!;
        const steps = seqs(backTo(entries, last));
        for (const of of steps) add('undo', of);
        expect(stacksOf(entries).undoable).toEqual(before.slice(0, before.indexOf(last) + 1));
        if (steps.length === 0) return;
        for (const of of seqs(forwardTo(entries, steps[0]!))) add('redo', of);
        expect(stacksOf(entries).undoable).toEqual(before);
      }),
    );
  });
});
