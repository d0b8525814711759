import { readFile } from 'node:fs/promises';
import { Tensor } from 'onnxruntime-node';
import { sha256Hex } from '../codec/files.ts';
import { MorulaError } from '../errors/index.ts';
import { submessages, textField } from './import/protobuf.ts';
import { checkOnnxBytes } from './onnxFile.ts';
import { firstLine, openRuntime } from './runtime.ts';

/** A value that goes into a network: C order. Integers and truth values are converted from numbers. */
export interface Feed {
  data: Float32Array | Int32Array | Uint8Array;
  dims: readonly number[];
}

/** One of a network's inputs. */
export interface NetworkInput {
  name: string;
  /** ONNX name of the element type, `float32`, `int64`, `bool`... */
  type: string;
  /** Texts stand for free sizes. */
  dims: readonly (number | string)[];
}

/** Any network as it lies in its file: named arrays in, named arrays out. One belongs to one thread. */
export interface Network {
  path: string;
  sha256: string;
  inputs: readonly NetworkInput[];
  outputs: readonly string[];
  /** What its maker wrote into it (`metadata_props`). */
  metadata: Readonly<Record<string, string>>;
  /** Runs it. @throws `invalid-data` when the network does not take these feeds */
  run(feeds: Readonly<Record<string, Feed>>): Promise<Record<string, Feed & { data: Float32Array }>>;
  close(): Promise<void>;
}

/** Field of ModelProto, onnx/onnx.proto3. */
const METADATA_PROPS = 14;

function metadataOf(bytes: Uint8Array): Record<string, string> {
  const out: Record<string, string> = {};
  for (const entry of submessages(bytes, METADATA_PROPS)) out[textField(entry, 1)] = textField(entry, 2);
  return out;
}

function tensorOf(type: string, { data, dims }: Feed): Tensor {
  if (type === 'int64')
    return new Tensor(
      'int64',
      BigInt64Array.from(data, (v) => BigInt(v)),
      dims,
    );
  if (type === 'int32') return new Tensor('int32', Int32Array.from(data), dims);
  if (type === 'bool') return new Tensor('bool', Uint8Array.from(data), dims);
  return new Tensor('float32', Float32Array.from(data), dims);
}

/**
 * Opens an ONNX file that is no image network: one thread, on the processor.
 *
 * @throws `not-found`, `invalid-data` with the reason
 */
export async function openNetwork(path: string): Promise<Network> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new MorulaError('not-found', `model: "${path}" must be an .onnx file; it cannot be read`, {
      cause,
    });
  });
  checkOnnxBytes(bytes, path);
  const { session } = await openRuntime(bytes, path, {});
  const inputs = session.inputMetadata.map(
    (input): NetworkInput => ({
      name: input.name,
      type: input.isTensor ? input.type : '',
      dims: input.isTensor ? input.shape : [],
    }),
  );
  const typeOf = new Map(inputs.map(({ name, type }) => [name, type]));
  return {
    path,
    sha256: sha256Hex(bytes),
    inputs,
    outputs: session.outputNames,
    metadata: metadataOf(bytes),
    async run(feeds) {
      try {
        const given = Object.entries(feeds).map(([name, feed]) => [
          name,
          tensorOf(typeOf.get(name) ?? '', feed),
        ]);
        const found = await session.run(Object.fromEntries(given) as Record<string, Tensor>);
        return Object.fromEntries(
          Object.entries(found).map(([name, { data, dims }]) => [
            name,
            { data: Float32Array.from(data as Float32Array), dims },
          ]),
        );
      } catch (cause) {
        throw new MorulaError('invalid-data', `model: ${path} must run, but ${firstLine(cause)}`, { cause });
      }
    },
    close: () => session.release(),
  };
}
