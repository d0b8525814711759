import { encodeTensor, type Field, message, type OnnxNode } from '../../src/model/import/onnxWriter.ts';
import { conv1, onnx } from './onnx.ts';

const [FLOAT, BOOL, INT64] = [1, 9, 7];

/**
 * A StarDist network in form (grid 1, 8 rays) that never ends on an image with a value above `above`: a Loop whose
 * condition, once true, stays so.
 */
export function endlessNetwork(above = -1e30): Uint8Array {
  const logit = conv1('logit', 'x', 1, 8, -4);
  const dist = conv1('dist', 'x', 8, 1, 4);
  const most: OnnxNode = {
    op: 'ReduceMax',
    inputs: ['image'],
    outputs: ['most'],
    attributes: { keepdims: 0 },
  };
  return onnx(
    {
      inputs: [{ name: 'image', shape: ['n', 1, 'h', 'w'] }],
      outputs: [
        { name: 'prob', shape: ['n', 1, 'oh', 'ow'] },
        { name: 'dist', shape: ['n', 8, 'oh', 'ow'] },
      ],
      nodes: [
        most,
        { op: 'Greater', inputs: ['most', 'above'], outputs: ['more'] },
        logit[0],
        { op: 'Sigmoid', inputs: ['logit'], outputs: ['prob'] },
        dist[0],
      ],
      weights: [...logit[1], ...dist[1]],
    },
    [5, encodeTensor({ name: 'above', dims: [], values: [above] })],
    [1, loopNode()],
  );
}

/** `x = Loop(no limit, more, image)`; its body is an attribute of type GRAPH (5). */
function loopNode(): Uint8Array {
  const body = message([1, 'body'], [6, loopBody()], [20, 5]);
  return message([1, ''], [1, 'more'], [1, 'image'], [2, 'x'], [4, 'Loop'], [5, body]);
}

/** `(i, more, x) -> (more, x)`. */
function loopBody(): Uint8Array {
  const port = (name: string, type: number, ...shape: Field[]): Uint8Array =>
    message([1, name], [2, message([1, message([1, type], ...shape)])]);
  const scalar: Field = [2, message()];
  const same = (from: string, to: string): Field => [1, message([1, from], [2, to], [4, 'Identity'])];
  return message(
    same('body.more', 'body.again'),
    same('body.x', 'body.y'),
    [2, 'body'],
    [11, port('body.i', INT64, scalar)],
    [11, port('body.more', BOOL, scalar)],
    [11, port('body.x', FLOAT)],
    [12, port('body.again', BOOL, scalar)],
    [12, port('body.y', FLOAT)],
  );
}
