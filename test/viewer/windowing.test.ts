import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { composite, percentileWindow, sampleValues, toLight } from '../../viewer/src/image/windowing.ts';

describe('toLight', () => {
  it('maps black to 0, white to 255 and the middle by gamma', () => {
    const out = new Uint8Array(5);
    toLight(Uint16Array.of(0, 100, 150, 200, 65535), 100, 200, 0.5, out);
    expect([...out]).toEqual([0, 0, Math.round(255 * Math.SQRT1_2), 255, 255]);
  });

  it('gives integers and floats the same light', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(65535), { minLength: 1 }), fc.nat(40000), (values, low) => {
        const [a, b] = [new Uint8Array(values.length), new Uint8Array(values.length)];
        toLight(Uint16Array.from(values), low, low + 777, 0.7, a);
        toLight(Float32Array.from(values), low, low + 777, 0.7, b);
        expect([...a]).toEqual([...b]);
      }),
    );
  });
});

describe('composite', () => {
  const shown = (values: number[], colour: number) => ({
    plane: { data: Uint8Array.from(values), width: values.length, height: 1 },
    low: 0,
    high: 255,
    gamma: 1,
    colour,
  });

  it('adds channels in their colours and stops at white', () => {
    const out = new Uint32Array(3);
    composite([shown([255, 0, 255], 0xff0000), shown([0, 255, 255], 0xffff00)], out, new Uint8Array(3));
    const bytes = new Uint8Array(out.buffer);
    expect([...bytes.subarray(0, 4)]).toEqual([254, 0, 0, 255]);
    expect([...bytes.subarray(4, 8)]).toEqual([254, 254, 0, 255]);
    expect([...bytes.subarray(8)]).toEqual([255, 254, 0, 255]);
  });

  it('draws one white channel as grey', () => {
    const out = new Uint32Array(2);
    composite([shown([7, 200], 0xffffff)], out, new Uint8Array(2));
    expect([...new Uint8Array(out.buffer)]).toEqual([7, 7, 7, 255, 200, 200, 200, 255]);
  });
});

describe('percentileWindow', () => {
  it('takes two percentiles of a rectangle and never an empty window', () => {
    const plane = { data: Uint16Array.from({ length: 100 }, (_, i) => i), width: 10, height: 10 };
    const values = sampleValues(plane, { x0: 0, y0: 0, x1: 10, y1: 5 }, 1000);
    expect(values.length).toBe(50);
    expect(percentileWindow(values, 0, 100)).toEqual({ low: 0, high: 49 });
    expect(percentileWindow(Float64Array.of(5, 5), 0, 100)).toEqual({ low: 5, high: 6 });
    expect(percentileWindow(new Float64Array(0), 0, 100)).toEqual({ low: 0, high: 1 });
  });
});
