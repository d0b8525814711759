import type { createRandom } from '../../src/array/index.ts';

type Random = ReturnType<typeof createRandom>;

export const pick = <T>(random: Random, of: readonly T[]): T => of[Math.floor(random.uniform() * of.length)]!;
export const below = (random: Random, n: number): number => Math.floor(random.uniform() * n);

/** Bytes cut, flipped, emptied, lengthened, overwritten or of another content altogether. */
export function mutateBytes(random: Random, bytes: Uint8Array): Uint8Array {
  const out = bytes.slice();
  switch (below(random, 6)) {
    case 0:
      return out.subarray(0, below(random, out.length));
    case 1:
      for (let i = 0; i <= below(random, 4); i++) out[below(random, out.length)]! ^= 1 << below(random, 8);
      return out;
    case 2:
      return Uint8Array.from([...out, ...out]);
    case 3:
      return out.fill(pick(random, [0, 255, 60]), below(random, out.length));
    case 4:
      return Uint8Array.from({ length: below(random, 64) }, () => below(random, 256));
    default:
      return new TextEncoder().encode('<!doctype html><title>log in</title>');
  }
}

/** Bytes with a few of them changed, a piece taken out, put in or moved: what leaves most of a structure whole. */
export function nudgeBytes(random: Random, bytes: Uint8Array): Uint8Array {
  const at = below(random, bytes.length);
  const size = 1 + below(random, 12);
  switch (below(random, 5)) {
    case 0: {
      const out = bytes.slice();
      for (let i = 0; i < size; i++)
        out[below(random, out.length)] = pick(random, [0, 1, 127, 128, 255, below(random, 256)]);
      return out;
    }
    case 1:
      return Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + size)]);
    case 2:
      return Uint8Array.from([
        ...bytes.subarray(0, at),
        ...Array.from({ length: size }, () => below(random, 256)),
        ...bytes.subarray(at),
      ]);
    case 3: {
      const out = bytes.slice();
      out.copyWithin(at, below(random, bytes.length), below(random, bytes.length) + size);
      return out;
    }
    default: {
      const out = bytes.slice();
      out.fill(255, at, at + pick(random, [1, 2, 4, 8]));
      return out;
    }
  }
}

const NUMBERS = [
  'NaN',
  'Infinity',
  '-1',
  '-0',
  '1e308',
  '1e-320',
  '99999999999999999999',
  '4294967296',
  '0x10',
  '0.5',
  '',
];
const WORDS = [
  '"',
  "'",
  ',',
  ';',
  '\t',
  '\r',
  '\u0000',
  '\ufeff',
  '<',
  '</',
  '/>',
  '&amp;',
  '&#0;',
  '&x;',
  ']]>',
  '<!--',
  '=1+1',
  '__proto__',
  '-',
  'é',
  '\ud800',
  '🧫',
];

/** Text with numbers replaced, lines lost, repeated or moved, pieces cut, and what stands for syntax put in. */
export function mutateText(random: Random, text: string): string {
  const lines = text.split('\n');
  const line = below(random, lines.length);
  const at = below(random, text.length);
  switch (below(random, 9)) {
    case 0:
    case 1: {
      const numbers = [...text.matchAll(/\d+(\.\d+)?/g)];
      if (numbers.length === 0) return '';
      const { index, 0: old } = pick(random, numbers);
      return text.slice(0, index) + pick(random, NUMBERS) + text.slice(index + old.length);
    }
    case 2:
      return text.slice(0, at) + text.slice(at + 1 + below(random, 40));
    case 3:
      return lines.toSpliced(line, 1).join('\n');
    case 4:
      return lines
        .toSpliced(below(random, lines.length), 0, ...new Array(1 + below(random, 3)).fill(lines[line]))
        .join('\n');
    case 5:
      return text.slice(0, at) + pick(random, WORDS) + text.slice(at);
    case 6:
      return text.slice(0, at);
    case 7: {
      const other = below(random, lines.length);
      return lines.with(line, lines[other]!).with(other, lines[line]!).join('\n');
    }
    default:
      return (
        text.slice(0, at) +
        pick(random, [
          'x'.repeat(100_000),
          '9'.repeat(5000),
          '<a>'.repeat(20_000),
          ','.repeat(50_000),
          '\n'.repeat(50_000),
        ]) +
        text.slice(at)
      );
  }
}
