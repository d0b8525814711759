/** Writes small ONNX models (opset 17) byte by byte, so that every layout can be tested without a file. */

/** A protobuf field: `[number, value]`. Numbers are varints, bytes and text are length-delimited. */
type Field = [number, number | string | Uint8Array];
type Attribute = number | number[] | string | Uint8Array;

export interface Tensor {
  name: string;
  dims: number[];
  values: number[];
}
export interface Node {
  op: string;
  inputs: string[];
  outputs: string[];
  attributes?: Record<string, Attribute>;
}
export interface Port {
  name: string;
  /** Texts stand for free sizes. */
  shape: (number | string)[];
  /** ONNX element type, 1 = float32 (default), 2 = uint8. */
  type?: number;
}
export interface Graph {
  inputs: Port[];
  outputs: Port[];
  nodes: Node[];
  weights: Tensor[];
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    bytes.push(Number(rest & 127n) | (rest > 127n ? 128 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return bytes;
}

/** The bytes of one message. */
export function message(...fields: Field[]): Uint8Array {
  const bytes: number[] = [];
  for (const [number, value] of fields) {
    if (typeof value === 'number') {
      bytes.push(...varint(number * 8), ...varint(value));
    } else {
      const body = typeof value === 'string' ? new TextEncoder().encode(value) : value;
      bytes.push(...varint(number * 8 + 2), ...varint(body.length));
      for (const byte of body) bytes.push(byte);
    }
  }
  return Uint8Array.from(bytes);
}

export function tensor({ name, dims, values }: Tensor): Uint8Array {
  const raw = new Uint8Array(Float32Array.from(values).buffer);
  return message(...dims.map((d): Field => [1, d]), [2, 1], [8, name], [9, raw]);
}

function attribute(name: string, value: Attribute): Uint8Array {
  const kind: Field[] =
    typeof value === 'number'
      ? [
          [3, value],
          [20, 2],
        ]
      : typeof value === 'string'
        ? [
            [4, value],
            [20, 3],
          ]
        : value instanceof Uint8Array
          ? [
              [5, value],
              [20, 4],
            ]
          : [...value.map((v): Field => [8, v]), [20, 7]];
  return message([1, name], ...kind);
}

function node({ op, inputs, outputs, attributes = {} }: Node): Uint8Array {
  return message(
    ...inputs.map((name): Field => [1, name]),
    ...outputs.map((name): Field => [2, name]),
    [4, op],
    ...Object.entries(attributes).map(([name, value]): Field => [5, attribute(name, value)]),
  );
}

function port({ name, shape, type = 1 }: Port): Uint8Array {
  const dims = shape.map((n): Field => [1, typeof n === 'number' ? message([1, n]) : message([2, n])]);
  return message([1, name], [2, message([1, message([1, type], [2, message(...dims)])])]);
}

/** The bytes of a model. `extra` fields go to the graph (for files that must be refused). */
export function onnx(graph: Graph, ...extra: Field[]): Uint8Array {
  const body = message(
    ...graph.nodes.map((n): Field => [1, node(n)]),
    [2, 'test'],
    ...graph.weights.map((w): Field => [5, tensor(w)]),
    ...graph.inputs.map((p): Field => [11, port(p)]),
    ...graph.outputs.map((p): Field => [12, port(p)]),
    ...extra,
  );
  return message([1, 8], [2, 'morula test'], [7, body], [8, message([2, 17])]);
}

/** A 1x1 convolution of `input` (one channel) to `channels`: `weight * x + bias`. */
export function conv1(
  name: string,
  input: string,
  channels: number,
  weight: number,
  bias: number,
): [Node, Tensor[]] {
  return [
    { op: 'Conv', inputs: [input, `${name}.w`, `${name}.b`], outputs: [name] },
    [
      { name: `${name}.w`, dims: [channels, 1, 1, 1], values: new Array(channels).fill(weight) },
      { name: `${name}.b`, dims: [channels], values: new Array(channels).fill(bias) },
    ],
  ];
}

export interface StarOptions {
  layout?: 'NCHW' | 'NHWC';
  grid?: number;
  rays?: number;
  /** Leave the sigmoid out. */
  logits?: boolean;
  /** One output `[prob, dist]` at full resolution, prob 0 off the grid, as Fiji's exports have it. */
  concatenated?: boolean;
  /** Fixed height and width. */
  size?: [number, number];
  channels?: number;
}

/**
 * A network in StarDist's form without its weights: prob = sigmoid(8 x - 4) of the grid cell's maximum, and every
 * dist = 4 + x.
 */
export function starNetwork(options: StarOptions = {}): Uint8Array {
  const { layout = 'NCHW', grid = 1, rays = 8, logits = false, concatenated = false, channels = 1 } = options;
  const [h, w] = options.size ?? ['h', 'w'];
  const nodes: Node[] = [];
  const weights: Tensor[] = [];
  const last = layout === 'NHWC';
  let x = 'image';
  const add = (n: Node): string => {
    nodes.push(n);
    return n.outputs[0]!;
  };
  if (last) x = add({ op: 'Transpose', inputs: [x], outputs: ['first'], attributes: { perm: [0, 3, 1, 2] } });
  if (channels > 1)
    x = add({ op: 'ReduceMean', inputs: [x], outputs: ['mean'], attributes: { axes: [1], keepdims: 1 } });
  if (grid > 1)
    x = add({
      op: 'MaxPool',
      inputs: [x],
      outputs: ['pooled'],
      attributes: { kernel_shape: [grid, grid], strides: [grid, grid] },
    });
  const head = (name: string, count: number, weight: number, bias: number): string => {
    const [n, tensors] = conv1(name, x, count, weight, bias);
    weights.push(...tensors);
    return add(n);
  };
  let prob = head('logit', 1, 8, -4);
  if (!logits) prob = add({ op: 'Sigmoid', inputs: [prob], outputs: ['p'] });
  let dist = head('d', rays, 1, 4);
  if (concatenated && grid > 1) {
    weights.push({ name: 'one', dims: [1, 1, 1, 1], values: [1] });
    weights.push({ name: 'scales', dims: [4], values: [1, 1, grid, grid] });
    prob = add({
      op: 'ConvTranspose',
      inputs: [prob, 'one'],
      outputs: ['p.up'],
      attributes: { strides: [grid, grid], output_padding: [grid - 1, grid - 1] },
    });
    dist = add({
      op: 'Resize',
      inputs: [dist, '', 'scales'],
      outputs: ['d.up'],
      attributes: { mode: 'nearest' },
    });
  }
  const finals: [string, string, number][] = concatenated
    ? [
        [
          add({ op: 'Concat', inputs: [prob, dist], outputs: ['both'], attributes: { axis: 1 } }),
          'output',
          1 + rays,
        ],
      ]
    : [
        [prob, 'prob', 1],
        [dist, 'dist', rays],
      ];
  for (const [from, to] of finals)
    add(
      last
        ? { op: 'Transpose', inputs: [from], outputs: [to], attributes: { perm: [0, 2, 3, 1] } }
        : { op: 'Identity', inputs: [from], outputs: [to] },
    );
  return onnx({
    inputs: [{ name: 'image', shape: last ? ['n', h, w, channels] : ['n', channels, h, w] }],
    outputs: finals.map(([, name, c]) => ({
      name,
      shape: last ? ['n', 'oh', 'ow', c] : ['n', c, 'oh', 'ow'],
    })),
    nodes,
    weights,
  });
}
