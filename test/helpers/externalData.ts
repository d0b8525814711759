import { type Field, message } from '../../src/model/import/onnxWriter.ts';
import { protobufFields } from '../../src/model/import/protobuf.ts';

const [GRAPH, INITIALIZER, RAW_DATA, EXTERNAL_DATA, DATA_LOCATION] = [7, 5, 9, 13, 14];

/** A model like ours with the weights of its graph in a file `location`, and that file. */
export function withExternalData(
  model: Uint8Array,
  location: string,
): { model: Uint8Array; weights: Uint8Array } {
  const weights: number[] = [];
  const move = (tensor: Uint8Array): Uint8Array => {
    const fields = fieldsOf(tensor);
    const [, raw] = fields.find(([number]) => number === RAW_DATA)! as [number, Uint8Array];
    const entry = (key: string, value: string): Field => [EXTERNAL_DATA, message([1, key], [2, value])];
    const where = [
      entry('location', location),
      entry('offset', `${weights.length}`),
      entry('length', `${raw.length}`),
    ];
    weights.push(...raw);
    return message(...fields.filter(([number]) => number !== RAW_DATA), ...where, [DATA_LOCATION, 1]);
  };
  const moved = (fields: Field[], number: number, change: (bytes: Uint8Array) => Uint8Array): Uint8Array =>
    message(
      ...fields.map(([n, value]): Field => (n === number ? [n, change(value as Uint8Array)] : [n, value])),
    );
  const graphOf = (graph: Uint8Array): Uint8Array => moved(fieldsOf(graph), INITIALIZER, move);
  return { model: moved(fieldsOf(model), GRAPH, graphOf), weights: Uint8Array.from(weights) };
}

const fieldsOf = (bytes: Uint8Array): Field[] =>
  [...protobufFields(bytes)].map(({ number, value }): Field => [number, value]);
