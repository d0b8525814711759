import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeLzw, encodeLzw } from '../../src/codec/tiff/lzw.ts';

/** Codes of growing widths, most significant bit first, for streams written by hand. */
function packCodes(codes: readonly number[], width: number): Uint8Array {
  const bits = codes.map((code) => code.toString(2).padStart(width, '0')).join('');
  return Uint8Array.from(bits.match(/.{1,8}/g) ?? [], (byte) => Number.parseInt(byte.padEnd(8, '0'), 2));
}

function decode(input: Uint8Array, size: number): number[] {
  const out = new Uint8Array(size);
  decodeLzw(input, out);
  return [...out];
}

describe('decodeLzw', () => {
  it('reads the worked example of TIFF 6.0, section 13', () => {
    const codes = [256, 7, 258, 8, 8, 258, 6, 6, 257];
    expect(decode(packCodes(codes, 9), 9)).toEqual([7, 7, 7, 8, 8, 7, 7, 6, 6]);
  });

  it('reads a code that is completed by its own first byte', () => {
    expect(decode(packCodes([256, 5, 258, 259, 257], 9), 6)).toEqual([5, 5, 5, 5, 5, 5]);
  });

  it('refuses data that end early, an end code too soon, an undefined code and the reversed bit order', () => {
    expect(() => decode(packCodes([256, 5], 9), 6)).toThrow('end after 1 of 6 bytes');
    expect(() => decode(packCodes([256, 5, 257], 9), 6)).toThrow('end after 1 of 6 bytes');
    expect(() => decode(packCodes([256, 5, 300], 9), 6)).toThrow('undefined code 300');
    expect(() => decode(packCodes([256, 258], 9), 6)).toThrow('undefined code 258');
    expect(() => decode(Uint8Array.of(0, 1, 2, 3), 6)).toThrow('reversed bit order');
  });
});

describe('encodeLzw', () => {
  it('writes the worked example of TIFF 6.0, section 13', () => {
    expect(encodeLzw(Uint8Array.of(7, 7, 7, 8, 8, 7, 7, 6, 6))).toEqual(
      packCodes([256, 7, 258, 8, 8, 258, 6, 6, 257], 9),
    );
  });

  it('is reversed by decodeLzw for any bytes', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 3000 }),
          fc
            .array(fc.integer({ min: 0, max: 2 }), { maxLength: 3000 })
            .map((values) => Uint8Array.from(values)),
        ),
        (bytes) => {
          expect(decode(encodeLzw(bytes), bytes.length)).toEqual([...bytes]);
        },
      ),
      { numRuns: 60 },
    );
  });

  it.each([1, 2, 5, 17, 251])(
    'is reversed at every length around a table reset, with %i values',
    (values) => {
      let state = 1;
      const bytes = Uint8Array.from({ length: 12_000 }, () => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        return (state >>> 16) % values;
      });
      for (let length = 3700; length <= bytes.length; length += values === 251 ? 1 : 97) {
        if (values === 251 && length > 4100) break;
        const part = bytes.subarray(0, length);
        const out = new Uint8Array(length);
        decodeLzw(encodeLzw(part), out);
        expect(Buffer.compare(out, part)).toBe(0);
      }
    },
  );
});
