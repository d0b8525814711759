import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Dtype, dtypeOf, type TypedArray } from '../../src/array/index.ts';
import { decodeColumns, encodeColumns } from '../../src/codec/columns.ts';

const column: fc.Arbitrary<TypedArray> = fc.oneof(
  fc.int8Array(),
  fc.uint8Array(),
  fc.int16Array(),
  fc.uint16Array(),
  fc.int32Array(),
  fc.uint32Array(),
  fc.float32Array(),
  fc.float64Array(),
);

const sample = {
  meta: { t: 3, name: 'é' },
  columns: {
    label: Uint32Array.of(1, 70_000),
    border: Uint8Array.of(1),
    x: Float64Array.of(-0.5, NaN, 1e300),
  },
};

describe('encodeColumns', () => {
  it('writes MCOL, the header and each column at a multiple of 8', () => {
    const bytes = encodeColumns({ meta: {}, columns: { a: Uint8Array.of(7), b: Uint16Array.of(1, 258) } });
    const header =
      '{"meta":{},"columns":[{"name":"a","dtype":"uint8","length":1},{"name":"b","dtype":"uint16","length":2}]}';
    expect(new TextDecoder().decode(bytes.subarray(0, 4))).toBe('MCOL');
    expect([...bytes.subarray(4, 8)]).toEqual([header.length, 0, 0, 0]);
    expect(new TextDecoder().decode(bytes.subarray(8, 8 + header.length))).toBe(header);
    const start = Math.ceil((8 + header.length) / 8) * 8;
    expect([...bytes.subarray(start)]).toEqual([7, 0, 0, 0, 0, 0, 0, 0, 1, 0, 2, 1, 0, 0, 0, 0]);
  });

  it('takes bytes that are given away as they lie, and copies what is a part of others', () => {
    const bytes = encodeColumns(sample);
    expect(decodeColumns(bytes, 'p', true).columns.label!.buffer).toBe(bytes.buffer);
    expect(decodeColumns(bytes, 'p').columns.label!.buffer).not.toBe(bytes.buffer);
    const pool = new Uint8Array(bytes.length + 3);
    pool.set(bytes, 3);
    const { columns } = decodeColumns(pool.subarray(3), 'p', true);
    pool.fill(0);
    expect(columns).toEqual(Object.assign(Object.create(null), sample.columns));
  });

  it('gives back every element type bit for bit', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ minLength: 1 }), column, { noNullPrototype: true }),
        (columns) => {
          const back = decodeColumns(encodeColumns({ meta: { n: 1 }, columns }), 'x');
          expect(back.meta).toEqual({ n: 1 });
          expect(Object.keys(back.columns)).toEqual(Object.keys(columns));
          for (const [name, data] of Object.entries(columns)) {
            expect(dtypeOf(back.columns[name]!)).toBe(dtypeOf(data));
            expect(back.columns[name]).toEqual(data);
          }
        },
      ),
    );
  });

  it('takes a column that is a window of a larger buffer', () => {
    const window = new Float32Array([9, 1, 2, 9]).subarray(1, 3);
    expect([...decodeColumns(encodeColumns({ meta: {}, columns: { window } }), 'x').columns.window!]).toEqual(
      [1, 2],
    );
  });
});

describe('decodeColumns', () => {
  it('refuses a table cut at any length, naming the place', () => {
    const bytes = encodeColumns(sample);
    // The last 0 to 7 bytes are padding: what is cut there is no loss.
    const padding = (8 - (sample.columns.x.byteLength % 8)) % 8;
    for (let length = 0; length < bytes.length - padding; length++) {
      expect(() => decodeColumns(bytes.subarray(0, length), 'frames/3.bin')).toThrow(
        /^frames\/3\.bin: not a whole table, /,
      );
    }
  });

  it('reads a part of a Buffer, of which a slice is no copy', () => {
    const whole = Buffer.concat([Buffer.alloc(64, 1), encodeColumns(sample)]);
    const { columns } = decodeColumns(whole.subarray(64), 'here');
    whole.fill(0);
    expect(columns).toEqual(sample.columns);
  });

  it('reads bytes that start at an odd place of their buffer, and keeps no hold of them', () => {
    const bytes = encodeColumns(sample);
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    const { columns } = decodeColumns(shifted.subarray(3), 'x');
    shifted.fill(0);
    expect([...columns.label!]).toEqual([1, 70_000]);
  });

  const withHeader = (header: unknown): Uint8Array => {
    const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
    const bytes = new Uint8Array(Math.ceil((8 + text.length) / 8) * 8 + 16);
    bytes.set(new TextEncoder().encode('MCOL'));
    new DataView(bytes.buffer).setUint32(4, text.length, true);
    bytes.set(text, 8);
    return bytes;
  };
  const one = (dtype: Dtype | string, length: unknown): unknown => ({
    meta: {},
    columns: [{ name: 'a', dtype, length }],
  });

  it.each([
    ['a header that is no JSON', '{"meta"'],
    ['a header without columns', { meta: {} }],
    ['a header that is null', 'null'],
    ['an unknown element type', one('float16', 1)],
    ['an element type of the prototype', one('constructor', 1)],
    ['a negative length', one('uint8', -1)],
    ['a length that is no integer', one('uint8', 0.5)],
    ['a length that is no number', one('uint8', '1')],
    ['a length beyond the bytes', one('float64', 3)],
  ])('refuses %s', (_, header) => {
    expect(() => decodeColumns(withHeader(header), 'x')).toThrow(/^x: not a whole table, /);
  });
});
