import { sha256Hex } from '../codec/files.ts';
import { canonicalJson } from '../codec/zarr/index.ts';

/** Key of a stage: hash (hex) of everything that decides its outcome. */
export function stageKey(...parts: unknown[]): string {
  return sha256Hex(canonicalJson(parts));
}

/** Lines `name: old -> new` for every leaf that differs between two plain objects. */
export function describeDifference(before: unknown, after: unknown, prefix = ''): string[] {
  const isRecord = (value: unknown): value is Record<string, unknown> =>
    value !== null && typeof value === 'object' && !Array.isArray(value);
  if (isRecord(before) && isRecord(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    return names.flatMap((name) =>
      describeDifference(before[name], after[name], prefix === '' ? name : `${prefix}.${name}`),
    );
  }
  const [a, b] = [JSON.stringify(before), JSON.stringify(after)];
  return a === b ? [] : [`${prefix}: ${a ?? 'none'} -> ${b ?? 'none'}`];
}
