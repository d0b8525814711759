import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { buildLineage, commit, type History, prepareEdit, replay } from '../../src/lineage/index.ts';
import type { Command } from '../../src/lineage/types.ts';
import { readEditLog } from '../../src/store/index.ts';
import { sealLine } from '../../src/store/sealed.ts';
import { randomLineage } from '../cases/index.ts';
import { tempFolder } from '../helpers/tempFolder.ts';
import { reverse } from '../lineage/edits/helpers.ts';

const EDITS = 100_000;
const UNDONE = 1000;

const { detections, links } = randomLineage(1, { nFrames: 8, nFounders: 5, pDivision: 0.2, pGap: 0.05 });
const base = buildLineage(detections, links);
const node = `${detections.t[0]}.${detections.label[0]}`;

function edit(history: History, i: number): void {
  const command: Command =
    i % 2 === 1
      ? { do: 'name', node, name: `n${i}` }
      : { do: 'tag', nodes: [node], tag: `t${i % 7}`, on: i % 4 === 0 };
  const prepared = prepareEdit(history, { id: `i${i}`, at: '', by: '' }, command, []);
  if ('stale' in prepared) throw new Error(prepared.stale);
  commit(history, prepared.entry);
}

it(`${EDITS} edits are read and replayed, and any number of them undone and done again`, {
  timeout: 120_000,
}, async () => {
  const history = replay(base, true, []);
  for (let i = 1; i <= EDITS; i++) edit(history, i);
  const last = history.undoable.length;
  const request = (kind: string, i: number) => ({ id: `${kind}${i}`, at: '', by: '' });
  for (let i = 0; i < UNDONE; i++) expect(reverse(history, 'undo', request('undo', i))).toBe(true);
  expect(history.undoable.length).toBe(last - UNDONE);

  const folder = join(tempFolder(), 'r');
  mkdirSync(folder);
  const header = sealLine({ log: 'morula-edits', version: 1, segment: 'key' });
  writeFileSync(join(folder, 'edits.jsonl'), header + history.entries.map(sealLine).join(''));
  const { entries, torn } = await readEditLog(folder, 'key');
  expect([entries.length, torn]).toEqual([EDITS + UNDONE, null]);
  const again = replay(base, true, entries);
  expect(again.undoable).toEqual(history.undoable);
  expect(again.redoable).toEqual(history.redoable);
  for (let i = 0; i < UNDONE; i++) expect(reverse(again, 'redo', request('redo', i))).toBe(true);
  expect([again.undoable.length, again.redoable.length]).toEqual([last, 0]);
});
