import {
  encodeNode,
  encodePort,
  type Field,
  joined,
  message,
  type OnnxAttribute,
} from './import/onnxWriter.ts';
import {
  numberField,
  type ProtobufField,
  protobufFields,
  submessages,
  textField,
} from './import/protobuf.ts';
import { channelsFirst } from './outputs.ts';
import { pointwiseTail, readNode, renameInput } from './pointwiseTail.ts';
import type { StarManifest } from './types.ts';

/** Names of what `sparseGraph` adds to a network. */
export const SPARSE = {
  /** Input, float32 `[1]`: what prob must exceed. */
  floor: 'morula.floor',
  /** Output, int32 `[n + 1]`: the n positions where it does, ascending, and after them a 0 that means none. */
  at: 'morula.at',
  /** Output, float32 `[1, n + 1, nRays]`: `dist` at these positions. */
  rays: 'morula.rays',
  /** Output, int64 `[rank]`: the sizes of `dist`, or of what the last convolutions make it from. */
  sizes: 'morula.sizes',
} as const;

/** Fields of ModelProto and GraphProto. Source: onnx/onnx.proto3. */
const GRAPH = 7;
const OPSET_IMPORT = 8;
const NODE = 1;
const INPUT = 11;
const OUTPUT = 12;
const VALUE_INFO = 13;
/** ONNX element types. */
const [FLOAT, INT32, INT64] = [1, 6, 7];
/** Since then the operators that are added here are what they are today. */
const MIN_OPSET = 9;

/**
 * Rewrites a StarDist network so that its rays leave the runtime only where the probability exceeds a floor, at some
 * percent of all positions. All of them are 34 MB of new memory for a run on 1024 x 1024 pixels, which are copied
 * and drive the garbage collector. In 3D the convolutions of size 1 at the end of `dist` are computed only there,
 * too; in 2D the runtime keeps channels in blocks, and to take them apart costs more than those convolutions.
 *
 * The output `prob` stays, `dist` is replaced by those in `SPARSE`; the values are the same bits.
 *
 * @returns null for outputs of other kinds (concatenated, upsampled, logits) and for very old files
 */
export function sparseGraph(bytes: Uint8Array, manifest: StarManifest): Uint8Array | null {
  const { outputs, layout, concatenated, sparseLattice, probActivation, ndim } = manifest;
  if (concatenated || sparseLattice || probActivation !== 'none') return null;
  const graphs = submessages(bytes, GRAPH);
  if (graphs.length !== 1 || !(opsetOf(bytes) >= MIN_OPSET)) return null;
  const graph = graphs[0]!;
  if (!submessages(graph, OUTPUT).some((port) => textField(port, 1) === outputs.dist)) return null;
  const planar = channelsFirst(layout);
  const nodes = submessages(graph, NODE).map(readNode);
  const tail =
    planar && ndim === 3
      ? pointwiseTail(nodes, outputs.dist, outputs.prob)
      : { source: outputs.dist, nodes: [] };
  const left = new Set(tail.nodes);
  let at = 0;
  const kept = fieldsBut(graph, ({ number, value }) => {
    if (number === NODE) return left.has(nodes[at++]!);
    return number === VALUE_INFO || (number === OUTPUT && textField(value as Uint8Array, 1) === outputs.dist);
  });
  const rows = planar
    ? planarGather(tail.source, tail.nodes.length > 0 ? outputs.dist : GATHERED, ndim)
    : lastAxisGather(tail.source, manifest.nRays);
  const added = message(
    ...placesOver(outputs.prob),
    node('Shape', [tail.source], SPARSE.sizes),
    ...rows.before,
    ...tail.nodes.map((one): Field => [NODE, renameInput(one, tail.source, GATHERED)]),
    ...rows.after,
    [INPUT, encodePort({ name: SPARSE.floor, shape: [1] })],
    [OUTPUT, encodePort({ name: SPARSE.at, shape: ['morula.n'], type: INT32 })],
    [OUTPUT, encodePort({ name: SPARSE.rays, shape: [1, 'morula.n', 'morula.r'], type: FLOAT })],
    [OUTPUT, encodePort({ name: SPARSE.sizes, shape: [ndim + 2], type: INT64 })],
  );
  return joined([
    ...fieldsBut(bytes, ({ number }) => number === GRAPH),
    message([GRAPH, joined([...kept, added])]),
  ]);
}

/** The fields of a message, as they are, but for some. */
function fieldsBut(bytes: Uint8Array, leave: (field: ProtobufField) => boolean): Uint8Array[] {
  return [...protobufFields(bytes)]
    .filter((field) => !leave(field))
    .map(({ start, end }) => bytes.subarray(start, end));
}

const OVER = 'morula.over';
const PLACES = 'morula.places';
const GATHERED = 'morula.gathered';

/** The version of ONNX's own operators, NaN when the file does not say. */
function opsetOf(bytes: Uint8Array): number {
  const own = submessages(bytes, OPSET_IMPORT).find((one) => ['', 'ai.onnx'].includes(textField(one, 1)));
  return own === undefined ? Number.NaN : numberField(own, 2);
}

/** The positions over the floor; one more, so that no operator is given nothing. */
function placesOver(prob: string): Field[] {
  return [
    node('Greater', [prob, SPARSE.floor], OVER),
    constant('morula.flat', [-1]),
    node('Reshape', [OVER, 'morula.flat'], 'morula.overFlat'),
    node('NonZero', ['morula.overFlat'], 'morula.found'),
    node('Reshape', ['morula.found', 'morula.flat'], 'morula.foundFlat'),
    constant('morula.none', [0]),
    node('Concat', ['morula.foundFlat', 'morula.none'], PLACES, { axis: 0 }),
    node('Cast', [PLACES], SPARSE.at, { to: INT32 }),
  ];
}

/** `[1, C, ...]` to `[1, C, 1, ..., n + 1]`, on which convolutions of size 1 work as before, and to rows in the end. */
function planarGather(source: string, end: string, ndim: number): { before: Field[]; after: Field[] } {
  const line = [0, 0, ...Array<number>(ndim - 1).fill(1), -1];
  return {
    before: [
      constant('morula.line', line),
      node('Reshape', [source, 'morula.line'], 'morula.source'),
      node('Gather', ['morula.source', PLACES], GATHERED, { axis: ndim + 1 }),
    ],
    after: [
      constant('morula.columns', [0, 0, -1]),
      node('Reshape', [end, 'morula.columns'], 'morula.ends'),
      node('Transpose', ['morula.ends'], SPARSE.rays, { perm: [0, 2, 1] }),
    ],
  };
}

/** `[1, ..., C]`, whose rows are there already. */
function lastAxisGather(source: string, channels: number): { before: Field[]; after: Field[] } {
  return {
    before: [
      constant('morula.rows', [1, -1, channels]),
      node('Reshape', [source, 'morula.rows'], 'morula.source'),
      node('Gather', ['morula.source', PLACES], SPARSE.rays, { axis: 1 }),
    ],
    after: [],
  };
}

function node(
  op: string,
  inputs: readonly string[],
  output: string,
  attributes: Record<string, OnnxAttribute> = {},
): Field {
  return [NODE, encodeNode({ op, inputs, outputs: [output], attributes })];
}

/** A list of integers. */
function constant(output: string, values: readonly number[]): Field {
  const raw = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
  const value = message([1, values.length], [2, INT64], [8, output], [9, raw]);
  return node('Constant', [], output, { value });
}
