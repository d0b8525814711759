import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LinkResult, linkDetections } from '../../src/link/index.ts';
import { scorerOf } from '../../src/link/scorer/networks.ts';
import type { Scorer } from '../../src/link/scorer/types.ts';
import type { OnnxGraph, OnnxNode } from '../../src/model/import/onnxWriter.ts';
import { type Network, openNetwork } from '../../src/model/index.ts';
import type { Detections } from '../../src/segment/types.ts';
import { randomLineage } from '../cases/random.ts';
import { echo, index, NAMES, node, scorerFile } from '../helpers/scorer.ts';

let folder = '';
const open: Network[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'morula-scorer-'));
});

afterAll(async () => {
  for (const network of open) await network.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Opens a graph as a network; `metadata` goes where exporters write it. */
async function opened(
  name: string,
  graph: OnnxGraph,
  metadata: Record<string, string> = {},
): Promise<Network> {
  const path = join(folder, `${name}.onnx`);
  writeFileSync(path, scorerFile(graph, metadata));
  const network = await openNetwork(path);
  open.push(network);
  return network;
}

/** Two cells a frame on a line, at these places. */
function line(...frames: [number, number][]): Detections {
  const x = Float64Array.from(frames.flat());
  const count = x.length;
  return {
    count,
    ndim: 2,
    t: Int32Array.from(x, (_, i) => Math.floor(i / 2)),
    label: new Uint32Array(count),
    z: new Float64Array(count),
    y: new Float64Array(count),
    x,
    size: new Float64Array(count).fill(Math.PI),
    radius: new Float64Array(count).fill(1),
    prob: new Float32Array(count).fill(1),
    border: new Uint8Array(count),
    intensity: new Float32Array(0),
    nChannels: 0,
  };
}

function link(detections: Detections, scorer?: Scorer): Promise<LinkResult> {
  return linkDetections(detections, {
    linker: 'global',
    maxDistance: Number.NaN,
    maxFrameInterval: 1,
    divisions: true,
    motion: 'none',
    ...(scorer === undefined ? {} : { scorer }),
  });
}

const linksOf = ({ links }: LinkResult): string[] =>
  Array.from(links.source, (u, k) => `${u}-${links.target[k]}`);

/** -20 |x - 2| + 20 of a value: highest for links whose middle is at 2. */
const preferMiddle = (from: string, to: string): OnnxNode[] => [
  node('Sub', [from, 'two'], 'off'),
  node('Abs', ['off'], 'far'),
  node('Mul', ['far', 'steep'], 'down'),
  node('Add', ['down', 'high'], to),
];
const preference = [
  { name: 'two', dims: [], values: [2] },
  { name: 'steep', dims: [], values: [-20] },
  { name: 'high', dims: [], values: [20] },
];

/** An edge transformer's shapes without its weights. */
const hoct: OnnxGraph = {
  inputs: [
    { name: 'node_feats', shape: ['b', 'n', 19] },
    { name: 'node_pos', shape: ['b', 'n', 3] },
    { name: 'edge_pos', shape: ['b', 'e', 3] },
    { name: 'edge_indices', shape: ['b', 'e', 2], type: 7 },
    { name: 'node_mask', shape: ['b', 'n'], type: 9 },
    { name: 'edge_mask', shape: ['b', 'e'], type: 9 },
  ],
  outputs: [
    { name: 'edge_logits', shape: ['b', 'e'] },
    { name: 'orphan_logits', shape: ['b', 'n'] },
  ],
  nodes: [
    index('axis', 2),
    node('Gather', ['edge_pos', 'axis'], 'middle', { axis: 2 }),
    ...preferMiddle('middle', 'raw'),
    node('Where', ['edge_mask', 'raw', 'steep'], 'edge_logits'),
    node('Gather', ['node_pos', 'axis'], 'places', { axis: 2 }),
    node('Sub', ['places', 'places'], 'orphan_logits'),
  ],
  weights: preference,
};

/** An association transformer's shapes without its weights: logits of all pairs of rows. */
const trackastra: OnnxGraph = {
  inputs: [
    { name: 'coords', shape: ['b', 'n', 3] },
    { name: 'features', shape: ['b', 'n', 7] },
    { name: 'padding_mask', shape: ['b', 'n'], type: 9 },
  ],
  outputs: [{ name: 'A', shape: ['b', 'n', 'n'] }],
  nodes: [
    node('Slice', ['coords', 'from', 'to', 'last'], 'column'),
    node('Transpose', ['column'], 'row', { perm: [0, 2, 1] }),
    node('Add', ['column', 'row'], 'sum'),
    node('Div', ['sum', 'two'], 'middle'),
    ...preferMiddle('middle', 'A'),
    node('Constant', [], 'from', { value_ints: [2] }),
    node('Constant', [], 'to', { value_ints: [3] }),
    node('Constant', [], 'last', { value_ints: [2] }),
  ].sort((a, b) => Number(b.op === 'Constant') - Number(a.op === 'Constant')),
  weights: preference,
};

// Straight on: 0-2 and 1-3, whose middles are at 0.9 and 3.2; crossing 0-3 and 1-2, at 1.2 and 2.9.
const AMBIGUOUS = line([0, 4], [1.8, 2.4]);

describe('scorerOf', () => {
  it('changes nothing where the network repeats what the fitted costs say', async () => {
    const movie = randomLineage(5).detections;
    const scored = await link(movie, scorerOf(await opened('echo', echo(), NAMES)));
    const plain = await link(movie);
    expect(linksOf(scored)).toEqual(linksOf(plain));
    expect(scored.solve?.cost).toBeCloseTo(plain.solve?.cost as number, 3);
  });

  it('makes every link dearer that the network thinks less of', async () => {
    const movie = randomLineage(5).detections;
    const plain = await link(movie);
    const scored = await link(movie, scorerOf(await opened('doubt', echo(-200), NAMES)));
    expect(plain.links.count).toBeGreaterThan(0);
    expect(scored.links.count).toBe(0);
  });

  it('refuses a network that was trained on other features', async () => {
    const network = await opened('other', echo(), { ...NAMES, edge_features: 'distance' });
    expect(() => scorerOf(network)).toThrow(/must take the features .* got distance/);
  });

  it('refuses a network whose inputs are none that it knows', async () => {
    const graph = { ...echo(), inputs: [{ name: 'image', shape: [1] }], nodes: [], outputs: [] };
    const network = { ...(await opened('known', echo(), NAMES)), inputs: graph.inputs as never };
    expect(() => scorerOf(network)).toThrow(/must have the inputs .* got image/);
  });

  it.each([
    ['an edge transformer', 'hoct', hoct],
    ['an association transformer', 'trackastra', trackastra],
  ])('links as %s says, against the shorter way', async (_, name, graph) => {
    expect(linksOf(await link(AMBIGUOUS))).toEqual(['0-2', '1-3']);
    const scored = await link(AMBIGUOUS, scorerOf(await opened(name, graph)));
    expect(linksOf(scored)).toEqual(['1-2', '0-3']);
  });

  it.each([
    ['an edge transformer', 'hoct-long', hoct],
    ['an association transformer', 'trackastra-long', trackastra],
  ])('links a movie longer than the window of %s', async (_, name, graph) => {
    const movie = line(...Array.from({ length: 9 }, (): [number, number] => [1.9, 2.1]));
    const scored = await link(movie, scorerOf(await opened(name, graph)));
    expect(scored.links.count).toBe(16);
  });
});
