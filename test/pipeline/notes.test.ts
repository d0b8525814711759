import { describe, expect, it } from 'vitest';
import { collectNotes } from '../../src/pipeline/notes.ts';

describe('collectNotes', () => {
  it('says each text once, and at the end how often it came again', () => {
    const said: string[] = [];
    const notes = collectNotes({ onNote: (line) => said.push(line) });
    notes.add(0, []);
    notes.add(1, ['all pixels are equal', 'no graphics card']);
    notes.add(2, ['no graphics card']);
    notes.add(3, ['no graphics card']);
    notes.add(4, ['all pixels are equal']);
    expect(said).toEqual(['note: frame 1: all pixels are equal', 'note: frame 1: no graphics card']);
    notes.end();
    expect(said.slice(2)).toEqual([
      'note: in 1 more frame: all pixels are equal',
      'note: in 2 more frames: no graphics card',
    ]);
  });
});
