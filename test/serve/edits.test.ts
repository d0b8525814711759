import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decodeColumns } from '../../src/codec/columns.ts';
import type { Shape } from '../../src/lineage/types.ts';
import { serveResult, type ViewServer } from '../../src/serve/index.ts';
import { loadResult, openResult, readEditLog, readLabels } from '../../src/store/index.ts';
import { type Client, openClient } from '../helpers/client.ts';
import { makeEditable, makePage } from '../helpers/editable.ts';
import { tempFolder } from '../helpers/tempFolder.ts';

const root = tempFolder();
const page = makePage(root);
let folders = 0;
let result: string;
let server: ViewServer;
let client: Client;

const serve = (): Promise<ViewServer> => serveResult(result, { port: 0, page });
beforeEach(async () => {
  result = join(root, `${folders++}`);
  mkdirSync(result);
  await makeEditable(result, 3);
  server = await serve();
  client = await openClient(server);
});
afterEach(async () => server.close());

interface Nodes {
  [name: string]: ArrayLike<number>;
}

async function nodes(of = client): Promise<Nodes> {
  const bytes = new Uint8Array(await (await of.get('/api/table/nodes')).arrayBuffer());
  return decodeColumns(bytes, 'nodes').columns as Nodes;
}

/** The first links of the result, by name. */
async function links(): Promise<[string, string][]> {
  const { t, label, parent } = await nodes();
  const name = (row: number): string => `${t[row]}.${label[row]}`;
  return Array.from(t!, (_, row) => row)
    .filter((row) => parent![row]! >= 0)
    .map((row) => [name(parent![row]!), name(row)]);
}

describe('POST /api/edits', () => {
  it('changes the tables, and is on disk when it is answered', async () => {
    const [[source, target]] = (await links()) as [[string, string]];
    const [status, answer] = await client.edit({ do: 'unlink', source, target }, { by: 'me', view: 't=1' });
    expect(status).toBe(200);
    expect(answer).toMatchObject({ seq: 1, replayed: false, undo: { seq: 1 }, redo: null });
    expect(answer.effect).toMatchObject({ linksAdded: [], linksRemoved: [[source, target]] });
    const { entries } = await readEditLog(result, (await openResult(result)).segmentKey);
    expect(entries).toMatchObject([
      { seq: 1, by: 'me', view: 't=1', command: { do: 'unlink', source, target } },
    ]);
    expect(await links()).not.toContainEqual([source, target]);
    expect((await client.get('/api/table/nodes')).headers.get('x-seq')).toBe('1');
  });

  it('does an edit once however often it is sent, and answers the same', async () => {
    const [[, node]] = (await links()) as [[string, string]];
    const [, first] = await client.edit({ do: 'cut', node }, { id: 'same' });
    for (let i = 0; i < 3; i++) {
      const [status, again] = await client.edit({ do: 'cut', node }, { id: 'same' });
      expect([status, again]).toEqual([200, { ...first, replayed: true }]);
    }
    await server.close();
    server = await serve();
    client = await openClient(server);
    const [status, after] = await client.edit({ do: 'cut', node }, { id: 'same' });
    expect([status, after.seq, after.replayed, after.entry]).toEqual([200, 1, true, first.entry]);
  });

  it('refuses by 409 what was changed since, with the entries in between, and takes what was not', async () => {
    const other = await openClient(server);
    const [[, a], [, b]] = (await links()) as [[string, string], [string, string]];
    await client.edit({ do: 'cut', node: a }, { base: 0, by: 'first' });
    const [status, late] = await other.edit({ do: 'end', node: a, kind: 'death' }, { base: 0 });
    expect(status).toBe(409);
    expect(late).toMatchObject({ seq: 1, entries: [{ seq: 1, by: 'first' }], undo: { seq: 1 } });
    expect(late.error).toContain('was changed in the meantime');
    expect((await other.edit({ do: 'name', node: a, name: 'x' }, { base: 0 }))[0]).toBe(200);
    expect((await other.edit({ do: 'cut', node: b }, { base: 0 }))[0]).toBe(200);
    expect((await other.edit({ do: 'end', node: a, kind: 'death' }, { base: 3 }))[0]).toBe(422);
  });

  it('refuses by 422 what no lineage is, and by 400 what is no command, and records neither', async () => {
    const [[source, target]] = (await links()) as [[string, string]];
    expect(await client.edit({ do: 'link', source: target, target: source })).toMatchObject([
      422,
      { error: expect.stringContaining('forward in time') },
    ]);
    const wrong: unknown[] = [
      null,
      { do: 'explode' },
      { do: '__proto__' },
      { do: 'cut' },
      { do: 'cut', node: 7 },
      { do: 'cut', node: '0.1 0.2' },
      { do: 'name', node: '0.1', name: 'a\u202eb' },
      { do: 'name', node: '0.1', name: 'x'.repeat(201) },
      { do: 'colour', node: '0.1', colour: 'red;background:url(//x)' },
      { do: 'add', t: 0, shape: { kind: 'disc', centre: [1], radius: 1 } },
      { do: 'add', t: 0, shape: { kind: 'disc', centre: [1, 1], radius: -1 } },
      { do: 'many', commands: [{ do: 'many', commands: [] }] },
    ];
    for (const command of wrong) expect((await client.edit(command as null))[0]).toBe(400);
    expect((await client.edit({ do: 'cut', node: target }, { id: 'a b' }))[0]).toBe(400);
    expect((await client.post('/api/edits', '{')).status).toBe(400);
    expect((await client.post('/api/edits', '[]')).status).toBe(400);
    expect((await client.post('/api/edits', `"${'x'.repeat(1 << 21)}"`)).status).toBe(413);
    expect(await (await client.get('/api/edits')).json()).toMatchObject({ seq: 0, entries: [] });
  });

  it('refuses by 423 to edit what another process edits, and lets it look on', async () => {
    const [[, a]] = (await links()) as [[string, string]];
    await client.edit({ do: 'cut', node: a });
    const second = await serve();
    try {
      const other = await openClient(second);
      expect((await other.edit({ do: 'name', node: a, name: 'x' }))[0]).toBe(423);
      expect(await (await other.get('/api/edits')).json()).toMatchObject({ seq: 1 });
    } finally {
      await second.close();
    }
  });
});

describe('GET /api/edits/state', () => {
  it('lists names, colours, tags, groups and bookmarks, and loses them with undo', async () => {
    const [[, node]] = (await links()) as [[string, string]];
    await client.edit({ do: 'name', node, name: 'ABa' });
    await client.edit({ do: 'colour', node, colour: '#12ab34' });
    await client.edit({ do: 'tag', nodes: [node], tag: 'odd', on: true });
    await client.edit({ do: 'group', name: 'mine', nodes: [node] });
    await client.edit({ do: 'bookmark', name: 'look', view: 'v=1&t=3' });
    const state = async (): Promise<unknown> => (await client.get('/api/edits/state')).json();
    expect(await state()).toMatchObject({
      seq: 5,
      names: { [node]: 'ABa' },
      colours: { [node]: '#12ab34' },
      tags: { [node]: ['odd'] },
      groups: { mine: [node] },
      bookmarks: { look: 'v=1&t=3' },
    });
    for (let i = 0; i < 5; i++) await client.reverse('undo');
    const none = { names: {}, colours: {}, tags: {}, groups: {}, bookmarks: {} };
    expect(await state()).toMatchObject({ seq: 10, ...none });
    expect((await client.edit({ do: 'bookmark', name: '', view: '' }))[0]).toBe(400);
  });
});

describe('POST /api/undo and /api/redo', () => {
  it('go back and forth over restarts, as far as one wants', async () => {
    const before = await links();
    for (let i = 0; i < 4; i++) {
      const [[source, target]] = (await links()) as [[string, string]];
      expect((await client.edit({ do: 'unlink', source, target }))[0]).toBe(200);
    }
    const after = await links();
    for (let i = 0; i < 2; i++) expect((await client.reverse('undo'))[0]).toBe(200);
    await server.close();
    server = await serve();
    client = await openClient(server);
    for (let i = 0; i < 2; i++) expect((await client.reverse('undo'))[0]).toBe(200);
    expect(await links()).toEqual(before);
    expect((await client.reverse('undo'))[0]).toBe(422);
    for (let i = 0; i < 4; i++) expect((await client.reverse('redo'))[0]).toBe(200);
    expect(await links()).toEqual(after);
    expect((await client.reverse('redo'))[0]).toBe(422);
  });

  it('refuse what a later edit depends on, and do not take back what the client has not seen', async () => {
    const other = await openClient(server);
    const [[source, target]] = (await links()) as [[string, string]];
    await client.edit({ do: 'unlink', source, target });
    await other.edit({ do: 'link', source, target });
    const [status, answer] = await client.reverse('undo', { seq: 1 });
    expect([status, answer.error]).toEqual([409, expect.stringContaining('a later edit depends on')]);
    expect((await client.reverse('undo', { base: 1 }))[0]).toBe(409);
    expect((await client.reverse('undo', { seq: 2 }))[0]).toBe(200);
    expect((await client.reverse('undo', { seq: 2 }))[0]).toBe(409);
    expect((await client.reverse('undo', { seq: 1 }))[0]).toBe(200);
  });
});

describe('GET /api/events', () => {
  async function* events(from: Client, path: string): AsyncGenerator<{ name: string; id: number }> {
    const { body } = await from.get(path);
    let text = '';
    for await (const part of body as unknown as AsyncIterable<Uint8Array>) {
      text += Buffer.from(part).toString();
      const blocks = text.split('\n\n');
      text = blocks.pop()!;
      for (const block of blocks) {
        const name = /^event: (.*)$/m.exec(block)?.[1];
        if (name !== undefined) yield { name, id: Number(/^id: (\d+)$/m.exec(block)?.[1] ?? 0) };
      }
    }
  }

  it('tells every edit to every client, in order, and what a client missed when it comes back', async () => {
    const [, , , ...rest] = await links();
    await client.edit({ do: 'cut', node: rest[0]![1] });
    const stream = events(client, '/api/events?since=0');
    expect(await stream.next()).toMatchObject({ value: { name: 'edit', id: 1 } });
    for (const [, node] of rest.slice(1, 4)) await client.edit({ do: 'cut', node });
    for (const id of [2, 3, 4]) expect(await stream.next()).toMatchObject({ value: { name: 'edit', id } });
    await stream.return(undefined);
    const later = events(client, '/api/events?since=2');
    for (const id of [3, 4]) expect(await later.next()).toMatchObject({ value: { name: 'edit', id } });
    await later.return(undefined);
  });

  it('tells a client to read everything again where it cannot say what was missed', async () => {
    const [[, node]] = (await links()) as [[string, string]];
    await client.edit({ do: 'cut', node });
    await server.close();
    server = await serve();
    client = await openClient(server);
    const stream = events(client, '/api/events?since=0');
    expect(await stream.next()).toMatchObject({ value: { name: 'reload' } });
    await stream.return(undefined);
  });
});

describe('shapes', () => {
  const labels = async (t: number): Promise<Uint32Array> =>
    new Uint32Array(await (await client.get(`/api/labels?t=${t}&z=0`)).arrayBuffer());

  it('add, move, merge, split and delete change labels and detections, and undo brings both back', async () => {
    const before = await nodes();
    const pixels = await labels(2);
    const inFrame = Array.from(before.t!, (t, row) => (t === 2 ? row : -1)).filter((row) => row >= 0);
    const [a, b] = inFrame.map((row) => `2.${before.label![row]}`) as [string, string];
    const disc: Shape = { kind: 'disc', centre: [105, 105], radius: 3 };
    const [status, added] = await client.edit({ do: 'add', t: 2, shape: disc });
    expect(status).toBe(200);
    const label = inFrame.length + 1;
    expect(added.entry.changes[0]!.slot).toBe(`node:2.${label}`);
    expect((await labels(2)).filter((v) => v === label).length).toBe(29);
    expect((await client.edit({ do: 'move', node: `2.${label}`, to: [103, 105] }))[0]).toBe(200);
    expect((await labels(2))[100 * 112 + 105]).toBe(label);
    const line: [[number, number], [number, number]] = [
      [0, 105],
      [111, 105],
    ];
    expect((await client.edit({ do: 'split-object', node: `2.${label}`, line }))[0]).toBe(200);
    const parts = [label + 1, label + 2].map(async (l) => (await labels(2)).filter((v) => v === l).length);
    expect(await Promise.all(parts)).toEqual([18, 11]);
    expect((await client.edit({ do: 'merge-objects', nodes: [a, b] }))[0]).toBe(200);
    expect(Array.from((await nodes()).t!).filter((t) => t === 2).length).toBe(inFrame.length + 1);
    expect((await client.edit({ do: 'delete', nodes: [`2.${label + 1}`] }))[0]).toBe(200);
    const { lineage } = await loadResult(result, await openResult(result));
    expect(lineage.detections.count).toBe((await nodes()).t!.length);
    for (let i = 0; i < 5; i++) expect((await client.reverse('undo'))[0]).toBe(200);
    expect(await labels(2)).toEqual(pixels);
    expect(await nodes()).toEqual(before);
  });

  it('splits an object by two places and by itself, keeps the original image, and undoes to the pixel', async () => {
    const stored = await readLabels(result, 3, null);
    const before = await labels(3);
    const disc: Shape = { kind: 'disc', centre: [100, 100], radius: 5 };
    const [, { entry }] = await client.edit({ do: 'add', t: 3, shape: disc });
    const node = entry.changes[0]!.slot.slice('node:'.length);
    const label = Number(node.split('.')[1]);
    const whole = (await labels(3)).filter((v) => v === label).length;
    const seeds: [number[], number[]] = [
      [100, 97],
      [100, 104],
    ];
    for (const command of [
      { do: 'split-object', node, seeds },
      { do: 'split-object', node, auto: true },
    ] as const) {
      expect((await client.edit(command))[0]).toBe(200);
      const now = await labels(3);
      const parts = [label + 1, label + 2].map((l) => now.filter((v) => v === l).length);
      expect(parts[0]! + parts[1]!).toBe(whole);
      expect(parts[0]).toBeGreaterThanOrEqual(parts[1]!);
      expect(parts[1]).toBeGreaterThan(0);
      expect(now.filter((v) => v === label)).toHaveLength(0);
      expect((await client.reverse('undo'))[0]).toBe(200);
    }
    const outside = {
      do: 'split-object',
      node,
      seeds: [
        [0, 0],
        [1, 0],
      ],
    } as const;
    expect((await client.edit(outside as unknown as null))[0]).toBe(422);
    expect((await client.reverse('undo'))[0]).toBe(200);
    expect(await labels(3)).toEqual(before);
    expect(await readLabels(result, 3, null)).toEqual(stored);
  });

  it('refuse to draw where no pixel is free, outside of the movie, and to cut beside an object', async () => {
    const { t, label, y, x } = await nodes();
    const centre = [y![0]!, x![0]!];
    const add = (frame: number, at: number[]): Promise<[number, unknown]> =>
      client.edit({ do: 'add', t: frame, shape: { kind: 'disc', centre: at, radius: 0.4 } });
    expect((await add(0, centre.map(Math.round)))[0]).toBe(422);
    expect((await add(0, [-50, 5]))[0]).toBe(422);
    expect((await add(99, [5, 5]))[0]).toBe(422);
    const node = `${t![0]}.${label![0]}`;
    expect(
      (
        await client.edit({
          do: 'split-object',
          node,
          line: [
            [-9, -9],
            [-9, -5],
          ],
        })
      )[0],
    ).toBe(422);
  });
});

describe('POST /api/resolve', () => {
  it('says what the linker would change around an edit, which a relink accepts and one undo takes back', async () => {
    const [[source, target]] = (await links()) as [[string, string]];
    await client.edit({ do: 'unlink', source, target });
    const answer = await client.post('/api/resolve', { near: target });
    expect(answer.status).toBe(200);
    const diff = (await answer.json()) as {
      seq: number;
      added: [string, string][];
      removed: [string, string][];
    };
    expect(diff.seq).toBe(1);
    expect(diff.added).not.toContainEqual([source, target]);
    const before = await links();
    for (const link of diff.removed) expect(before).toContainEqual(link);
    const { added, removed } = diff;
    expect((await client.edit({ do: 'relink', add: added, remove: removed }, { base: diff.seq }))[0]).toBe(
      200,
    );
    const has = (link: [string, string]): string => link.join(' ');
    const gone = new Set(removed.map(has));
    const expected = [...before.filter((link) => !gone.has(has(link))), ...added];
    expect((await links()).map(has).sort()).toEqual(expected.map(has).sort());
    expect((await client.reverse('undo'))[0]).toBe(200);
    expect(await links()).toEqual(before);
  });

  it('asks about the whole movie, keeps every edit, and is taken as one step', async () => {
    const all = await links();
    const [cut, ...rest] = all;
    await client.edit({ do: 'unlink', source: cut![0], target: cut![1] });
    await client.edit({ do: 'verify', what: { branch: rest[3]![1] }, on: true });
    const before = await links();
    const diff = (await (await client.post('/api/resolve', { all: true })).json()) as {
      seq: number;
      added: [string, string][];
      removed: [string, string][];
      trees: { added: [string, string][]; removed: [string, string][] }[];
    };
    expect(diff.added).not.toContainEqual(cut);
    expect(diff.removed).not.toContainEqual(rest[3]);
    for (const link of diff.removed) expect(before).toContainEqual(link);
    for (const link of diff.added) expect(before).not.toContainEqual(link);
    expect(diff.trees.flatMap((tree) => tree.added).length).toBe(diff.added.length);
    expect(diff.trees.flatMap((tree) => tree.removed).length).toBe(diff.removed.length);
    const { added: add, removed: remove } = diff;
    expect((await client.edit({ do: 'relink', add, remove }, { base: diff.seq }))[0]).toBe(200);
    const again = (await (await client.post('/api/resolve', { all: true })).json()) as typeof diff;
    expect([again.added, again.removed]).toEqual([[], []]);
    expect((await client.reverse('undo'))[0]).toBe(200);
    expect(await links()).toEqual(before);
  });

  it('refuses a detection that is not there, and what is none', async () => {
    expect((await client.post('/api/resolve', { near: '0.99' })).status).toBe(422);
    expect((await client.post('/api/resolve', { near: 3 })).status).toBe(400);
  });
});

describe('POST /api/save', () => {
  it('writes tables and graph with the edits; so does the end of the server', async () => {
    const table = (): string => readFileSync(join(result, 'tables', 'nodes.csv'), 'utf8');
    const before = table();
    const [[, node]] = (await links()) as [[string, string]];
    await client.edit({ do: 'cut', node });
    expect(table()).toBe(before);
    expect(await (await client.post('/api/save', {})).json()).toEqual({ seq: 1 });
    const saved = table();
    expect(saved).not.toBe(before);
    await client.reverse('undo');
    await server.close();
    expect(table()).toBe(before);
    server = await serve();
  });
});

describe('POST /api/export', () => {
  it('writes the lineage with its edits beside the result, never over a file', async () => {
    const [[, node]] = (await links()) as [[string, string]];
    await client.edit({ do: 'cut', node });
    const write = async (): Promise<string> => {
      const answer = await client.post('/api/export', { format: 'napari' });
      expect(answer.status).toBe(200);
      return ((await answer.json()) as { path: string }).path;
    };
    const [first, second] = [await write(), await write()];
    expect([first, second]).toEqual([`${result}-napari.csv`, `${result}-2-napari.csv`]);
    expect(readFileSync(first!, 'utf8')).toBe(readFileSync(second!, 'utf8'));
    await client.reverse('undo');
    expect(readFileSync(await write(), 'utf8')).not.toBe(readFileSync(first!, 'utf8'));
  });

  it('refuses formats that it does not know', async () => {
    for (const format of ['exe', '__proto__', 7, undefined])
      expect((await client.post('/api/export', { format })).status).toBe(400);
  });
});
