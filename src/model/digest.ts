import { sha256Hex } from '../codec/files.ts';
import { canonicalJson } from '../codec/index.ts';
import type { Model } from './types.ts';

/**
 * Hash (hex) of everything about a model that decides its outputs: its bytes and how they are fed. Thresholds are left
 * out, as a job may choose its own, and so is the name.
 */
export function modelDigest({ manifest, sha256 }: Model): string {
  const { name: _name, thresholds: _thresholds, diameterRangePx: _range, ...feeding } = manifest;
  return sha256Hex(sha256, canonicalJson(feeding));
}
