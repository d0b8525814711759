import { protobufFields, submessages, textField } from './protobuf.ts';

/** A node of a TensorFlow graph, as far as networks are told apart by it. */
export interface GraphNode {
  op: string;
  /** `<layer>/<operation>`. */
  name: string;
  /** Spatial parts of the attributes; none where the node has no such attribute. */
  strides: number[];
  ksize: number[];
}

/**
 * The nodes of the graph in a `saved_model.pb`, in the order in which they were made.
 *
 * Source: tensorflow/core/protobuf/saved_model.proto, meta_graph.proto, core/framework/graph.proto,
 * node_def.proto, attr_value.proto (Apache-2): field numbers.
 *
 * @throws RangeError when the bytes are no such message
 */
export function readGraph(savedModel: Uint8Array): GraphNode[] {
  return submessages(savedModel, 2)
    .flatMap((metaGraph) => submessages(metaGraph, 2))
    .flatMap((graph) => submessages(graph, 1))
    .map((node) => {
      const attributes = new Map(
        submessages(node, 5).map((entry) => [textField(entry, 1), submessages(entry, 2)[0]]),
      );
      const spatial = (name: string): number[] => integers(attributes.get(name)).slice(1, -1);
      return {
        op: textField(node, 2),
        name: textField(node, 1),
        strides: spatial('strides'),
        ksize: spatial('ksize'),
      };
    });
}

/** The integers of a list attribute, packed or not. */
function integers(value: Uint8Array | undefined): number[] {
  const found: number[] = [];
  for (const list of value ? submessages(value, 1) : []) {
    for (const { number, value: item } of protobufFields(list)) {
      if (number !== 3) continue;
      if (typeof item === 'number') found.push(item);
      else found.push(...unpacked(item));
    }
  }
  return found;
}

/** Small positive varints, one byte each, which strides and pool sizes are. */
function unpacked(bytes: Uint8Array): number[] {
  return [...bytes];
}
