import type { ImageJMetadata } from './types.ts';
import { micrometresOf, positive, secondsOf } from './units.ts';

/** ImageJ's metadata in an ImageDescription (`ImageJ=<version>` and `key=value` lines), or null when it is none. */
export function parseImageJ(description: string): ImageJMetadata | null {
  if (!description.startsWith('ImageJ=')) return null;
  const fields = new Map<string, string>();
  for (const line of description.split(/\r?\n/)) {
    const at = line.indexOf('=');
    if (at > 0) fields.set(line.slice(0, at), line.slice(at + 1).trim());
  }
  const interval = positive(fields.get('finterval'));
  const intervalUnit = secondsOf(fields.get('tunit') ?? 'sec');
  return {
    images: count(fields.get('images')),
    frames: count(fields.get('frames')),
    slices: count(fields.get('slices')),
    channels: count(fields.get('channels')),
    // ImageJ writes a negative spacing for stacks that are turned round.
    spacing: positive(fields.get('spacing')?.replace('-', '')),
    finterval: interval === null || intervalUnit === null ? null : interval * intervalUnit,
    unit: fields.get('unit') || null,
    unitUm: micrometresOf(fields.get('unit') ?? ''),
  };
}

function count(text: string | undefined): number {
  const value = Number(text ?? 1);
  return Number.isSafeInteger(value) && value > 0 ? value : 1;
}
