import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isMorulaError } from '../../src/errors/index.ts';
import {
  buildLineage,
  checkLineage,
  commit,
  constraintsOf,
  createEditState,
  type EditedLineage,
  editedLineage,
  frameStarts,
  type History,
  type Prepared,
  prepareEdit,
  prepareReversal,
  refOfRow,
  replay,
  rowOfRef,
} from '../../src/lineage/index.ts';
import type { Command, EditEffect, Lineage, NodeRef } from '../../src/lineage/types.ts';
import { readConstraints } from '../../src/link/constraints.ts';
import { arbitraryLineage, randomLineage } from '../cases/index.ts';
import { createModel, type LineageModel, reverseModel, runModel } from '../helpers/lineageModel.ts';
import { reverse } from './edits/helpers.ts';

/** Links by name. */
function linksOf({ lineage, refOf }: EditedLineage): Map<NodeRef, NodeRef> {
  const { links } = lineage;
  return new Map(
    Array.from({ length: links.count }, (_, k) => [refOf(links.target[k]!), refOf(links.source[k]!)]),
  );
}

function modelOf(base: Lineage): LineageModel {
  const edited = editedLineage(createEditState(base, true));
  const { t, count } = base.detections;
  const nodes = Array.from({ length: count }, (_, row): [NodeRef, number] => [edited.refOf(row), t[row]!]);
  return createModel(
    nodes,
    [...linksOf(edited)].map(([target, source]) => [source, target]),
  );
}

/** A command made of numbers that pick detections: real links and divisions more often than chance would. */
const arbitraryPick = fc.nat({ max: 1000 });
const arbitraryStep = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.tuple(fc.nat({ max: 16 }), fc.array(arbitraryPick, { minLength: 4, maxLength: 4 })),
  },
  { weight: 2, arbitrary: fc.constant('undo' as const) },
  { weight: 2, arbitrary: fc.constant('redo' as const) },
);

function makeCommand(model: LineageModel, kind: number, [a, b, c, flags]: number[]): Command {
  const names = [...model.nodes.keys()];
  const pick = (n: number): NodeRef => names[n % names.length] ?? '0.1';
  const links = [...model.parent];
  const [target, source] = links[a! % Math.max(links.length, 1)] ?? [pick(a!), pick(b!)];
  const dividing = names.filter((ref) => links.filter(([, p]) => p === ref).length === 2);
  const parent = dividing[a! % Math.max(dividing.length, 1)] ?? pick(a!);
  const daughter = links.filter(([, p]) => p === parent)[b! % 2]?.[0] ?? pick(b!);
  const later = names.filter((ref) => model.nodes.get(ref)! > (model.nodes.get(pick(a!)) ?? 0));
  const next = later[b! % Math.max(later.length, 1)] ?? pick(b!);
  const [one, two] = [flags! % 2 === 0, flags! % 4 > 1];
  const all: Command[] = [
    { do: 'link', source: pick(a!), target: next, breakParent: one, breakChildren: two },
    { do: 'link', source: pick(a!), target: pick(b!), breakParent: one },
    { do: 'unlink', source, target },
    { do: 'toggle', a: pick(a!), b: pick(b!) },
    { do: 'divide', parent: pick(a!), daughters: [next, later[c! % Math.max(later.length, 1)] ?? pick(c!)] },
    { do: 'not-division', parent, keep: daughter },
    { do: 'shift-division', parent, by: one ? 1 : -1, daughter, hide: two },
    {
      do: 'swap',
      a: pick(a!),
      b: names.find((r) => r !== pick(a!) && model.nodes.get(r) === model.nodes.get(pick(a!))) ?? pick(b!),
    },
    { do: 'delete', nodes: [pick(a!)], bridge: one },
    { do: 'cut', node: target },
    { do: 'join', end: pick(a!), start: next },
    { do: 'end', node: pick(a!), kind: one ? 'death' : two ? 'leaves' : null },
    { do: 'follow', nodes: [pick(a!), next, later[c! % Math.max(later.length, 1)] ?? pick(c!)] },
    { do: 'verify', what: one ? { branch: pick(a!) } : { lineage: pick(a!) }, on: flags! % 8 < 6 },
    { do: 'verify', what: one ? { link: [source, target] } : { division: parent }, on: flags! % 8 < 6 },
    { do: 'name', node: pick(a!), name: one ? `cell ${b}` : null },
    {
      do: 'many',
      commands: [
        { do: 'cut', node: target },
        { do: 'link', source: pick(c!), target, breakParent: one },
      ],
    },
  ];
  return all[kind]!;
}

let ids = 0;
const request = (): { id: string; by: string; at: string } => ({ id: `e${ids++}`, by: 'test', at: '' });

/** Does a command on the real thing; false where it is refused. */
function runReal(history: History, command: Command): boolean {
  try {
    const prepared = prepareEdit(history, request(), command, []);
    if ('stale' in prepared) throw new Error(prepared.stale);
    commit(history, prepared.entry);
    return true;
  } catch (error) {
    if (isMorulaError(error) && error.tag === 'broken-lineage') return false;
    throw error;
  }
}

function expectEqual(history: History, model: LineageModel): void {
  const edited = editedLineage(history.state);
  checkLineage(edited.lineage);
  expect(linksOf(edited)).toEqual(new Map([...linksOf(edited).keys()].map((k) => [k, model.parent.get(k)])));
  expect(edited.lineage.links.count).toBe(model.parent.size);
  const there = Array.from({ length: edited.lineage.detections.count }, (_, row) => edited.refOf(row));
  expect(new Set(there)).toEqual(new Set(model.nodes.keys()));
  const names = [...history.state.slots].filter(([slot]) => slot.startsWith('name:'));
  expect(new Map(names)).toEqual(new Map([...model.names].map(([ref, name]) => [`name:${ref}`, name])));
}

const arbitraryScript = fc.record({
  lineage: fc.nat().map((seed) => randomLineage(seed, { nFrames: 6, nFounders: 3, pDivision: 0.25 })),
  steps: fc.array(arbitraryStep, { minLength: 15, maxLength: 40 }),
});

describe('edits', () => {
  it('do what a plain model does, and refuse what it refuses', () => {
    let done = 0;
    let refused = 0;
    fc.assert(
      fc.property(arbitraryScript, ({ lineage, steps }) => {
        const base = buildLineage(lineage.detections, lineage.links);
        fc.pre(base.detections.count > 1);
        const history = replay(base, true, []);
        const model = modelOf(base);
        for (const step of steps) {
          if (typeof step === 'string') {
            expect(reverse(history, step, request())).toBe(reverseModel(model, step));
          } else {
            const command = makeCommand(model, ...step);
            const expected = runModel(model, command);
            expect([command, runReal(history, command)]).toEqual([command, expected]);
            if (expected) done++;
            else refused++;
          }
        }
        expectEqual(history, model);
        const constraints = constraintsOf(history.state, editedLineage(history.state));
        readConstraints(constraints, editedLineage(history.state).lineage.detections.t);
      }),
      { numRuns: 150 },
    );
    expect(done).toBeGreaterThan(1000);
    expect(refused).toBeGreaterThan(100);
  });

  it('come back to the start when all is undone, and to the end when all is redone', () => {
    fc.assert(
      fc.property(arbitraryScript, ({ lineage, steps }) => {
        const base = buildLineage(lineage.detections, lineage.links);
        fc.pre(base.detections.count > 1);
        const history = replay(base, true, []);
        const model = modelOf(base);
        for (const step of steps) {
          if (typeof step === 'string') continue;
          const command = makeCommand(model, ...step);
          if (runModel(model, command)) runReal(history, command);
        }
        const end = new Map(history.state.slots);
        while (reverse(history, 'undo', request()));
        expect(history.state.slots.size).toBe(0);
        expect(editedLineage(history.state).lineage).toEqual(base);
        while (reverse(history, 'redo', request()));
        expect(history.state.slots).toEqual(end);
        const again = replay(base, true, history.entries);
        expect(again.state).toEqual(history.state);
        expect(again.settled).toEqual([]);
        expect([again.undoable, again.redoable]).toEqual([history.undoable, history.redoable]);
      }),
      { numRuns: 60 },
    );
  });
});

describe('edits of several clients', () => {
  it('leave a lineage that every client knows, whatever they had seen and in whatever order they come', () => {
    let stale = 0;
    let taken = 0;
    const arbitraryTurn = fc.record({
      client: fc.nat({ max: 2 }),
      step: arbitraryStep,
      hears: fc.constantFrom(0, 0, 1, 5),
    });
    fc.assert(
      fc.property(fc.nat(), fc.array(arbitraryTurn, { minLength: 15, maxLength: 40 }), (seed, turns) => {
        const { detections, links } = randomLineage(seed, { nFrames: 6, nFounders: 3, pDivision: 0.25 });
        const history = replay(buildLineage(detections, links), true, []);
        const model = modelOf(history.state.base);
        fc.pre(model.nodes.size > 1);
        const effects: EditEffect[] = [];
        const clients = [0, 1, 2].map(() => ({
          seen: 0,
          links: new Set([...model.parent].map(([target, source]) => `${source} ${target}`)),
          nodes: new Set(model.nodes.keys()),
        }));
        type Client = (typeof clients)[number];
        const hear = (client: Client, most: number): void => {
          for (const effect of effects.slice(client.seen, client.seen + most)) {
            for (const [source, target] of effect.linksRemoved) client.links.delete(`${source} ${target}`);
            for (const [source, target] of effect.linksAdded) client.links.add(`${source} ${target}`);
            for (const ref of effect.nodesRemoved) client.nodes.delete(ref);
            for (const { ref } of effect.nodesSet) client.nodes.add(ref);
            client.seen++;
          }
        };
        for (const { client: k, step, hears } of turns) {
          const client = clients[k]!;
          hear(client, hears);
          const asked = { ...request(), base: client.seen };
          let prepared: Prepared;
          try {
            prepared =
              typeof step === 'string'
                ? prepareReversal(history, asked, step, undefined)
                : prepareEdit(history, asked, makeCommand(model, ...step), []);
          } catch (error) {
            if (!isMorulaError(error) || error.tag !== 'broken-lineage') throw error;
            continue;
          }
          if ('stale' in prepared) {
            expect(client.seen).toBeLessThan(history.entries.length);
            stale++;
            continue;
          }
          effects.push(commit(history, prepared.entry));
          checkLineage(editedLineage(history.state).lineage);
          taken++;
        }
        const edited = editedLineage(history.state);
        const there = new Set([...linksOf(edited)].map(([target, source]) => `${source} ${target}`));
        for (const client of clients) {
          hear(client, Number.POSITIVE_INFINITY);
          expect(client.links).toEqual(there);
          expect(client.nodes.size).toBe(edited.lineage.detections.count);
        }
      }),
      { numRuns: 100 },
    );
    expect(stale).toBeGreaterThan(50);
    expect(taken).toBeGreaterThan(300);
  });
});

describe('rowOfRef', () => {
  it('finds every row by its name, and no other', () => {
    fc.assert(
      fc.property(arbitraryLineage, fc.boolean(), ({ detections }, labelled) => {
        const d = labelled ? detections : { ...detections, label: new Uint32Array(detections.count) };
        const start = frameStarts(d);
        for (let row = 0; row < d.count; row++) expect(rowOfRef(d, start, refOfRow(d, start, row))).toBe(row);
        for (const ref of ['', '1', '1.', '1.0', '01.1', '1.99', '999.1', '1~999', '-1.1', '1.1 '])
          expect(rowOfRef(d, start, ref)).toBe(-1);
      }),
    );
  });
});
