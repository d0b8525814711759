import { describe, expect, it } from 'vitest';
import type { EditEntry } from '../../../src/lineage/types.ts';
import type { Info } from '../../../viewer/src/data/types.ts';
import { readSession } from '../../../viewer/src/edits/readSession.ts';
import { sessionFile } from '../../../viewer/src/exports/session.ts';

const info = {
  run: { morula: '1', segmentKey: 'seg', movie: { name: 'm', fingerprint: 'f00' } },
} as unknown as Info;

function entry(seq: number, name: string, kind: EditEntry['kind'] = 'edit', of?: number): EditEntry {
  const base = { seq, id: `i${seq}`, kind, at: '', by: '', label: name, changes: [] };
  const command = { do: 'name' as const, node: '0.1' as const, name };
  return { ...base, ...(kind === 'edit' ? { command } : { of: of! }) };
}

const file = (entries: EditEntry[], of = info): string =>
  sessionFile(of, entries, { bookmarks: new Map() }, '#v=1&t=3');

describe('readSession', () => {
  it('takes the edits that stand in a saved session and not here, in their order, and its view', () => {
    const text = file([entry(1, 'A'), entry(2, 'B'), entry(3, 'undo', 'undo', 2), entry(4, 'C')]);
    expect(readSession(text, info, [])).toEqual({
      edits: [
        { command: { do: 'name', node: '0.1', name: 'A' }, label: 'A' },
        { command: { do: 'name', node: '0.1', name: 'C' }, label: 'C' },
      ],
      view: 'v=1&t=3',
    });
    const here = [entry(1, 'C')];
    expect(readSession(text, info, here)).toMatchObject({ edits: [{ label: 'A' }] });
  });

  it('says of what it refuses why', () => {
    const other = (run: object): Info => ({ run: { ...info.run, ...run } }) as unknown as Info;
    expect(readSession('{', info, [])).toBe('this file is not JSON');
    expect(readSession('[]', info, [])).toBe('this file is no session of morula');
    expect(readSession(file([], other({ movie: { name: 'n', fingerprint: 'x' } })), info, [])).toBe(
      'it is of another movie, n',
    );
    expect(readSession(file([], other({ segmentKey: 'x' })), info, [])).toMatch(/segmented in another way/);
    const broken = JSON.stringify({ ...JSON.parse(file([])), edits: [{ seq: 1 }] });
    expect(readSession(broken, info, [])).toBe('its edits cannot be read');
  });
});
