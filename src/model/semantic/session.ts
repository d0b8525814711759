import { performance } from 'node:perf_hooks';
import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { isMorulaError, MorulaError } from '../../errors/index.ts';
import { fromPlanes, inputDims, rawOf, sizesOf, toPlanes } from '../outputs.ts';
import { firstLine } from '../runtime.ts';
import type { Device } from '../types.ts';
import type { SemanticManifest, SemanticSession } from './types.ts';

/** A runtime's session as that of a semantic network. */
export function semanticSession(
  session: InferenceSession,
  manifest: SemanticManifest,
  path: string,
  device: Device,
): SemanticSession {
  const { layout, channels, outputs, classes } = manifest;
  return {
    manifest,
    device,
    close: () => session.release(),
    async run(input, size) {
      const started = performance.now();
      try {
        const image = new Tensor(
          'float32',
          fromPlanes(input, layout, channels),
          inputDims(size, layout, channels),
        );
        const values = await session.run({ [session.inputNames[0]!]: image }, [...outputs]);
        const ms = performance.now() - started;
        const one = size.map(() => 1);
        const planes = outputs.flatMap((name) => {
          const raw = rawOf(values[name]!, name, path, size.length + 2);
          const got = sizesOf(raw.dims, layout);
          if (got.size.join() !== size.join()) throw wrongSize(path, size, got.size);
          return Array.from({ length: got.channels }, (_, c) => toPlanes(raw, layout, c, 1, one));
        });
        if (planes.length === classes.length) return { planes, ms };
        throw new MorulaError(
          'shape-mismatch',
          `model: ${path} must give ${classes.length} channels (${classes.join(', ')}), got ${planes.length}; ` +
            'correct or remove its model.json',
        );
      } catch (error) {
        if (isMorulaError(error)) throw error;
        throw new MorulaError(
          'invalid-data',
          `model: ${path} must run on ${size.join(' x ')} pixels, but ${firstLine(error)}`,
          { cause: error },
        );
      }
    },
  };
}

function wrongSize(path: string, want: readonly number[], got: readonly number[]): MorulaError {
  return new MorulaError(
    'shape-mismatch',
    `model: ${path} must give outputs as large as its input, ${want.join(' x ')}, got ${got.join(' x ')}; ` +
      'correct or remove its model.json',
  );
}
