import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  checkLineage,
  commit,
  type EditEntry,
  editedLineage,
  type History,
  prepareEdit,
  prepareReversal,
} from '../../src/lineage/index.ts';
import type { Command, NodeRef } from '../../src/lineage/types.ts';
import { describe as describePath, type LinkJob, linkResult } from '../../src/pipeline/index.ts';
import {
  type EditedResult,
  loadResult,
  openEditLog,
  openResult,
  readEditLog,
} from '../../src/store/index.ts';
import { makeEditable } from '../helpers/editable.ts';
import { tempFolder } from '../helpers/tempFolder.ts';

const root = tempFolder();
let folders = 0;

async function newResult(seed: number, labelled = true): Promise<string> {
  const folder = join(root, `${folders++}`);
  mkdirSync(folder);
  await makeEditable(folder, seed, labelled);
  return folder;
}

const options = (linker: 'global' | 'lap'): LinkJob => ({
  ...{ linker, maxDistance: Number.NaN, maxFrameInterval: 2, divisions: true },
});

const load = async (folder: string): Promise<EditedResult> => loadResult(folder, await openResult(folder));

/** Adds entries to a result's log; those that the rules refuse are left out. */
async function add(
  folder: string,
  make: (history: History, id: string) => EditEntry | null,
  times = 1,
): Promise<number> {
  const { history } = await load(folder);
  const writer = await openEditLog(folder, (await openResult(folder)).segmentKey);
  let done = 0;
  for (let i = 0; i < times; i++) {
    let entry: EditEntry | null = null;
    try {
      entry = make(history, `t${history.entries.length}`);
    } catch {
      continue;
    }
    if (entry === null) continue;
    commit(history, entry);
    await writer.append(entry);
    done++;
  }
  await writer.close();
  return done;
}

const edit = (folder: string, command: Command): Promise<number> =>
  add(folder, (history, id) => {
    const prepared = prepareEdit(history, { id, by: '', at: '' }, command, []);
    return 'entry' in prepared ? prepared.entry : null;
  });

async function linksOf(folder: string): Promise<Set<string>> {
  const { history } = await load(folder);
  const { lineage, refOf } = editedLineage(history.state);
  checkLineage(lineage);
  return new Set(
    Array.from(lineage.links.source, (source, k) => `${refOf(source)} ${refOf(lineage.links.target[k]!)}`),
  );
}

/** A few edits of every kind that leaves a constraint, at places that the seed decides. */
async function editAtRandom(folder: string, seed: number): Promise<void> {
  const { lineage, history } = await load(folder);
  const { refOf } = editedLineage(history.state);
  const { childA, childB, parent } = lineage;
  const rows = Array.from(lineage.detections.t, (_, row) => row);
  const some = (of: number[], k: number): NodeRef => refOf(of[(seed * 7 + k * 13) % of.length]!);
  const linked = rows.filter((row) => parent[row]! >= 0);
  const ends = rows.filter((row) => childA[row]! < 0);
  const dividing = rows.filter((row) => childB[row]! >= 0);
  const late = rows.filter((row) => lineage.detections.t[row]! > 3);
  await edit(folder, { do: 'cut', node: some(linked, 1) });
  await edit(folder, { do: 'link', source: some(rows, 2), target: some(late, 3), breakParent: true });
  await edit(folder, { do: 'delete', nodes: [some(linked, 4)], bridge: true });
  await edit(folder, { do: 'end', node: some(ends, 5), kind: 'death' });
  await edit(folder, { do: 'verify', what: { lineage: some(rows, 6) }, on: true });
  if (dividing.length > 0) {
    const at = dividing[seed % dividing.length]!;
    await edit(folder, { do: 'not-division', parent: refOf(at), keep: refOf(childA[at]!) });
  }
  await edit(folder, { do: 'name', node: some(rows, 7), name: 'ABal' });
}

describe.each(['global', 'lap'] as const)('linkResult with --linker %s', (linker) => {
  it.each([1, 2, 3])('keeps every edit, seed %i', async (seed) => {
    const folder = await newResult(seed);
    await editAtRandom(folder, seed);
    const before = await load(folder);
    const { slots } = before.history.state;
    const report = await linkResult(folder, options(linker), true);
    expect(report.fresh).toBe(true);
    const after = await load(folder);
    const links = await linksOf(folder);
    for (const [slot, value] of slots) {
      if (slot.startsWith('parent:')) continue;
      expect([slot, after.history.state.slots.get(slot)]).toEqual([slot, value]);
      if (slot.startsWith('pair:'))
        expect([slot, links.has(slot.slice(5))]).toEqual([slot, value === 'must']);
      if (slot.startsWith('end:'))
        expect([...links].some((l) => l.startsWith(`${slot.slice(4)} `))).toBe(false);
    }
    for (const [slot, value] of slots) {
      if (!slot.startsWith('frozen:') || value === 'out') continue;
      const ref = slot.slice(7);
      const incoming = (of: Set<string>): string[] => [...of].filter((l) => l.endsWith(` ${ref}`));
      const old = editedLineage(before.history.state);
      const row = old.lineage.parent[old.rowOf(ref)]!;
      expect(incoming(links)).toEqual(row < 0 ? [] : [`${old.refOf(row)} ${ref}`]);
    }
    expect(after.history.settled).toEqual([]);
    expect(after.lineage.links.count).toBe(report.summary.links);
    const again = await linkResult(folder, options(linker), false);
    expect([again.fresh, again.summary]).toEqual([false, report.summary]);
    const found = await describePath(folder);
    expect(found.kind === 'result' && found.run.summary).toEqual(report.summary);
  });

  it('lets all edits be undone afterwards, and done again', async () => {
    const folder = await newResult(2);
    await editAtRandom(folder, 2);
    await linkResult(folder, options(linker), true);
    const said = async (): Promise<unknown[]> =>
      [...(await load(folder)).history.state.slots].filter(([slot]) => !slot.startsWith('parent:')).sort();
    const middle = await said();
    const reverse = (kind: 'undo' | 'redo') => (history: History, id: string) => {
      const prepared = prepareReversal(history, { id, by: '', at: '' }, kind, undefined);
      return 'entry' in prepared ? prepared.entry : null;
    };
    const { undoable } = (await load(folder)).history;
    expect(await add(folder, reverse('undo'), 20)).toBe(undoable.length);
    expect(await said()).toEqual([]);
    await linksOf(folder);
    expect(await add(folder, reverse('redo'), 20)).toBe(undoable.length);
    expect(await said()).toEqual(middle);
    await linksOf(folder);
  });
});

describe('linkResult', () => {
  it('writes tables anew, and links nothing, where there are only new edits', async () => {
    const folder = await newResult(1);
    await linkResult(folder, options('global'), true);
    const links = readFileSync(join(folder, 'links.bin'));
    const { lineage, history } = await load(folder);
    const row = lineage.parent.findIndex((p) => p >= 0);
    await edit(folder, { do: 'cut', node: editedLineage(history.state).refOf(row) });
    const report = await linkResult(folder, options('global'), false);
    expect([report.fresh, report.summary.edits, report.summary.links]).toEqual([
      false,
      1,
      lineage.links.count - 1,
    ]);
    expect(readFileSync(join(folder, 'links.bin'))).toEqual(links);
    const table = readFileSync(join(folder, 'tables', 'nodes.csv'), 'utf8').split('\n');
    const parent = table[0]!.split(',').indexOf('parent');
    expect(table[row + 1]!.split(',')[parent]).toBe('');
  });

  it('links around points that were added and deleted', async () => {
    const folder = await newResult(3, false);
    const { lineage, history } = await load(folder);
    const { refOf } = editedLineage(history.state);
    const row = lineage.parent.findIndex((p, i) => p >= 0 && lineage.childA[i]! >= 0);
    await edit(folder, { do: 'delete', nodes: [refOf(row)] });
    const { t, y, x } = lineage.detections;
    await add(folder, (now, id) => {
      const spec = { t: t[row]!, label: 0, z: 0, y: y[row]!, x: x[row]!, size: 12, radius: 2, prob: null };
      const made = [{ ...spec, border: 0 as const, intensity: [null] }];
      const shape = { kind: 'disc' as const, centre: [y[row]!, x[row]!], radius: 2 };
      const prepared = prepareEdit(now, { id, by: '', at: '' }, { do: 'add', t: t[row]!, shape }, made);
      return 'entry' in prepared ? prepared.entry : null;
    });
    await linkResult(folder, options('global'), true);
    const { entries } = await readEditLog(folder, (await openResult(folder)).segmentKey);
    expect(entries.map(({ kind }) => kind)).toEqual(['edit', 'edit', 'rebase']);
    const added = entries[1]!.changes[0]!.slot.slice(5);
    const links = [...(await linksOf(folder))].filter((link) => link.split(' ').includes(added));
    expect(links.length).toBeGreaterThan(0);
    expect((await load(folder)).lineage.detections.count).toBe(lineage.detections.count);
  });

  it('lays the edits aside when everything starts anew', async () => {
    const folder = await newResult(1);
    await edit(folder, { do: 'name', node: '0.1', name: 'kept' });
    const { prepareResult } = await import('../../src/store/index.ts');
    const { samplePlan } = await import('../store/samples.ts');
    await prepareResult(folder, samplePlan(), true);
    expect(readFileSync(join(folder, 'edits-1.jsonl'), 'utf8')).toContain('kept');
    await prepareResult(folder, samplePlan({}, { probThreshold: 0.4 }), true);
    expect(readFileSync(join(folder, 'edits-1.jsonl'), 'utf8')).toContain('kept');
  });
});
