import { describe, expect, it } from 'vitest';
import {
  allocate,
  bytesOf,
  type Dtype,
  dtypeOf,
  sizeOf,
  type TypedArray,
  viewAs,
} from '../../src/array/index.ts';

const SIZES: [Dtype, number][] = [
  ['int8', 1],
  ['uint8', 1],
  ['int16', 2],
  ['uint16', 2],
  ['int32', 4],
  ['uint32', 4],
  ['float32', 4],
  ['float64', 8],
];

describe('allocate', () => {
  it.each(SIZES)('gives zeros of %s, %i bytes each, which name themselves again', (dtype, bytes) => {
    const data = allocate(dtype, 3);
    expect([...data]).toEqual([0, 0, 0]);
    expect(data.byteLength).toBe(3 * bytes);
    expect(bytesOf(dtype)).toBe(bytes);
    expect(dtypeOf(data)).toBe(dtype);
  });
});

describe('dtypeOf', () => {
  it('refuses arrays that are no image data', () => {
    expect(() => dtypeOf(new BigInt64Array(1) as unknown as TypedArray)).toThrow('not a numeric typed array');
  });
});

describe('viewAs', () => {
  it('looks at the same bytes', () => {
    const bytes = Uint8Array.of(0, 0, 1, 0, 2, 0);
    const view = viewAs('uint16', bytes.buffer, 2, 2);
    expect([...view]).toEqual([1, 2]);
    bytes[2] = 9;
    expect(view[0]).toBe(9);
  });
});

describe('sizeOf', () => {
  it('multiplies the extents, 1 for none', () => {
    expect(sizeOf([])).toBe(1);
    expect(sizeOf([2, 3, 4])).toBe(24);
    expect(sizeOf([5, 0])).toBe(0);
  });
});
