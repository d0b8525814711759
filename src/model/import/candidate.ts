import { sha256Hex } from '../../codec/files.ts';
import { MorulaError } from '../../errors/index.ts';
import type { Files } from './files.ts';

/** A model that was read and turned into ONNX, before it is written and tried. */
export interface Candidate {
  /** What it was read from, in words. */
  format: string;
  name: string;
  onnx: Uint8Array;
  /** Fields of the manifest. */
  stated: Record<string, unknown>;
  /** Digest of each file that was read, by its name. */
  sources: Record<string, string>;
  /** What was guessed or left out, one line each. */
  notes: string[];
  /** An input and the outputs that the model's maker published for it. */
  test: PublishedTest | null;
  /** Why it cannot be used although it may be a StarDist network, or null. */
  unsupported: string | null;
  /** What holds instead of the above should it turn out to be a semantic network; absent where that cannot be. */
  asSemantic?: Pick<Candidate, 'stated' | 'notes' | 'test' | 'unsupported'>;
}

/** Test tensors of a package, and how the network's outputs lie in them. */
export interface PublishedTest {
  /** `[n, ...]`, normalised as the package says. */
  input: { data: Float32Array; shape: number[] };
  expected: { data: Float32Array; shape: number[] }[];
  /**
   * 'same': outputs in the file's order; 'stardist': one channels-last output of `[prob, dist]`, maybe upsampled;
   * 'sigmoid' and 'softmax': outputs in the file's order, after that activation.
   */
  form: 'same' | 'stardist' | 'sigmoid' | 'softmax';
}

/** Thresholds of StarDist's library where a model states none (algorithms A.1). */
export const DEFAULT_THRESHOLDS = { prob: 0.5, nms: 0.4 };

/**
 * Thresholds of a `thresholds.json`. As the library does, the defaults stand in for a file that is missing and for a
 * value outside (0, 1).
 */
export function thresholdsOf(raw: unknown): { thresholds: typeof DEFAULT_THRESHOLDS; note: string | null } {
  const { prob, nms } = (raw ?? {}) as { prob?: unknown; nms?: unknown };
  const valid = (v: unknown): v is number => typeof v === 'number' && v > 0 && v < 1;
  if (valid(prob) && valid(nms)) return { thresholds: { prob, nms }, note: null };
  const note = `no usable thresholds: prob ${DEFAULT_THRESHOLDS.prob} and nms ${DEFAULT_THRESHOLDS.nms} are used`;
  return { thresholds: { ...DEFAULT_THRESHOLDS }, note };
}

/** A source file that is read once and remembered by its digest. */
export async function readSource(
  files: Files,
  name: string,
  sources: Record<string, string>,
): Promise<Uint8Array> {
  const bytes = await files.read(name);
  sources[name] = sha256Hex(bytes);
  return bytes;
}

/** @throws `invalid-metadata` when the bytes are not JSON */
export function parseJson(bytes: Uint8Array, path: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new MorulaError('invalid-metadata', `model: ${path} must be JSON; copy it again`, { cause });
  }
}
