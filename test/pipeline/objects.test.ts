import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isMorulaError } from '../../src/errors/index.ts';
import {
  buildLineage,
  checkLineage,
  commit,
  editedLineage,
  type History,
  paintLabels,
  prepareEdit,
  replay,
} from '../../src/lineage/index.ts';
import type { Command, Shape } from '../../src/lineage/types.ts';
import { makeShapes, type ShapeSource } from '../../src/pipeline/edit/shapes.ts';
import type { LabelImage } from '../../src/segment/types.ts';
import type { RunFile } from '../../src/store/index.ts';
import { makeDetections, makeLinks } from '../cases/index.ts';
import { reverse } from '../lineage/edits/helpers.ts';
import { samplePlan } from '../store/samples.ts';

const SIDE = 40;
const FRAMES = 3;
/** Middles of four cells that stand still, radius 4. */
const CELLS = [
  [10, 10],
  [10, 28],
  [28, 10],
  [28, 28],
] as const;
const IMAGE: LabelImage = {
  shape: [SIDE, SIDE],
  data: Uint32Array.from({ length: SIDE * SIDE }, (_, i) => {
    const [y, x] = [Math.floor(i / SIDE), i % SIDE];
    return CELLS.findIndex(([cy, cx]) => Math.hypot(cy - y, cx - x) <= 4) + 1;
  }),
};

function start(): History {
  const rows = Array.from({ length: FRAMES }, (_, t) =>
    CELLS.map(([y, x]) => ({ t, x, y, radius: 4 })),
  ).flat();
  const links = makeLinks(rows.flatMap((_, i) => (i < 4 ? [] : [[i - 4, i] as const])));
  const detections = makeDetections(rows);
  detections.size.fill(IMAGE.data.filter((label) => label === 1).length);
  return replay(buildLineage(detections, links), true, []);
}

const plan = samplePlan({ nFrames: FRAMES, shape: [1, SIDE, SIDE], voxelSize: [1, 1, 1], channels: [] });
const sourceOf = ({ state }: History): ShapeSource => ({
  run: { ...plan, link: null } as unknown as RunFile,
  state,
  movie: null,
  labels: async (t) => paintLabels(state, t, IMAGE),
  weak: async () => null,
});

let ids = 0;
const request = (): { id: string; by: string; at: string } => ({ id: `o${ids++}`, by: '', at: '' });

async function edit(history: History, command: Command): Promise<boolean> {
  try {
    const specs = await makeShapes(sourceOf(history), command);
    const prepared = prepareEdit(history, request(), command, specs);
    if ('stale' in prepared) throw new Error(prepared.stale);
    commit(history, prepared.entry);
    return true;
  } catch (error) {
    if (isMorulaError(error) && error.tag === 'broken-lineage') return false;
    throw error;
  }
}

const images = ({ state }: History): Uint32Array[] =>
  Array.from({ length: FRAMES }, (_, t) => Uint32Array.from(paintLabels(state, t, IMAGE).data));

/** A command made of numbers: objects of a frame, and places of the picture. */
function commandOf(history: History, [kind, a, b, y, x]: number[]): Command {
  const { lineage, refOf } = editedLineage(history.state);
  const { t, count } = lineage.detections;
  const pick = (n: number): string => (count === 0 ? '0.1' : refOf(n % count));
  const row = count === 0 ? 0 : a! % count;
  const beside = Array.from({ length: count }, (_, i) => i).filter((i) => i !== row && t[i] === t[row]);
  const other = beside.length === 0 ? pick(b!) : refOf(beside[b! % beside.length]!);
  const node = pick(a!);
  const frame = a! % FRAMES;
  const all: Command[] = [
    { do: 'add', t: frame, shape: { kind: 'disc', centre: [y!, x!], radius: 1 + (b! % 4) } },
    {
      do: 'add',
      t: frame,
      shape: {
        kind: 'polygon',
        points: [
          [y!, x!],
          [y! + 6, x!],
          [y! + 6, x! + 5],
          [y!, x! + 5],
        ],
      },
      parent: pick(b!),
    },
    { do: 'merge-objects', nodes: [node, other] },
    { do: 'split-object', node, auto: true },
    {
      do: 'split-object',
      node,
      line: [
        [y!, 0],
        [x!, SIDE],
      ],
    },
    {
      do: 'split-object',
      node,
      seeds: [
        [y!, x!],
        [x!, y!],
      ],
    },
    { do: 'delete', nodes: [node], bridge: b! % 2 === 0 },
    { do: 'move', node, to: [y!, x!] },
  ];
  return all[kind! % all.length]!;
}

describe('edits of objects', () => {
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.array(fc.nat({ max: 39 }), { minLength: 5, maxLength: 5 }) },
    { weight: 1, arbitrary: fc.constant('undo' as const) },
    { weight: 1, arbitrary: fc.constant('redo' as const) },
  );

  it('keep pixels and detections alike, come back to the pixel, and are the same when the log is read again', async () => {
    let done = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
        const history = start();
        for (const one of steps) {
          if (typeof one === 'string') reverse(history, one, request());
          else if (await edit(history, commandOf(history, one))) done++;
        }
        const { lineage } = editedLineage(history.state);
        checkLineage(lineage);
        const { count, t, label, size } = lineage.detections;
        const end = images(history);
        for (const [frame, image] of end.entries()) {
          const there = new Map<number, number>();
          for (const value of image) if (value > 0) there.set(value, (there.get(value) ?? 0) + 1);
          const wanted = Array.from({ length: count }, (_, i) => i).filter((i) => t[i] === frame);
          expect(there).toEqual(new Map(wanted.map((i) => [label[i], size[i]])));
        }
        const again = replay(history.state.base, true, history.entries);
        expect(again.state.slots).toEqual(history.state.slots);
        expect(images(again)).toEqual(end);
        while (reverse(history, 'undo', request()));
        expect(images(history)).toEqual(images(start()));
        expect(editedLineage(history.state).lineage).toEqual(start().state.base);
        while (reverse(history, 'redo', request()));
      }),
      { numRuns: 60 },
    );
    expect(done).toBeGreaterThan(200);
  });

  it('never paint over another object', async () => {
    const history = start();
    const place: Shape = { kind: 'disc', centre: [10, 15], radius: 4 };
    expect(await edit(history, { do: 'add', t: 0, shape: place })).toBe(true);
    const [image] = images(history);
    IMAGE.data.forEach((label, i) => {
      if (label > 0) expect(image![i]).toBe(label);
    });
    expect(image!.filter((label) => label === 5).length).toBeGreaterThan(0);
  });
});
