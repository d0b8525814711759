import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bestOverlap, countOverlaps, distinctLabels } from '../../src/score/overlap.ts';

describe('countOverlaps', () => {
  it('counts sizes, overlaps and strays of a literal pair of images', () => {
    // biome-ignore format: two images
    const truth = Uint16Array.of(
      1, 1, 1, 0,
      1, 1, 1, 7,
      0, 0, 0, 7,
    );
    // biome-ignore format: two images
    const result = Uint32Array.of(
      5, 5, 9, 0,
      5, 5, 9, 9,
      0, 0, 0, 3,
    );
    const overlaps = countOverlaps(truth, result, [1, 7], [5, 9]);
    expect([...overlaps.truthSize]).toEqual([6, 2]);
    expect([...overlaps.resultSize]).toEqual([4, 3]);
    expect(overlaps.strayTruth).toBe(0);
    expect(overlaps.strayResult).toBe(3);
    expect(bestOverlap(overlaps, 0)).toEqual({ result: 0, iou: 4 / 6 });
    // half of object 7 is covered, and half is no match
    expect(bestOverlap(overlaps, 1)).toEqual({ result: -1, iou: 0 });
  });

  it('equals counting pixel by pixel', () => {
    const image = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 60, maxLength: 60 });
    fc.assert(
      fc.property(image, image, (a, b) => {
        const labels = [1, 2, 3, 4, 5, 6];
        const overlaps = countOverlaps(Uint16Array.from(a), Uint8Array.from(b), labels, labels);
        for (const r of labels) {
          const inTruth = a.filter((value) => value === r).length;
          expect(overlaps.truthSize[r - 1]).toBe(inTruth);
          const shared = labels.map((s) => a.filter((value, i) => value === r && b[i] === s).length);
          const found = new Array(6).fill(0);
          for (let row = overlaps.head[r - 1]; row >= 0; row = overlaps.next[row])
            found[overlaps.other[row]] += overlaps.pixels[row];
          expect(found).toEqual(shared);
          expect(bestOverlap(overlaps, r - 1).result).toBe(
            shared.findIndex((pixels) => 2 * pixels > inTruth),
          );
        }
      }),
    );
  });
});

/** Mostly background, labels with the highest bit among them, of a length that fills no word and from an odd offset. */
const sparse = fc
  .array(fc.constantFrom(0, 0, 0, 0, 0, 0, 1, 2, 128, 255), { minLength: 1, maxLength: 67 })
  .chain((values) => fc.tuple(fc.constant(values), fc.array(fc.constantFrom(0, 1, 255), { maxLength: 3 })));

describe('countOverlaps and distinctLabels over background', () => {
  it.each([Uint8Array, Uint16Array, Uint32Array])(
    'miss no pixel of %o, wherever the image begins',
    (Pixels) => {
      const labels = [1, 2, 128, 255];
      fc.assert(
        fc.property(sparse, ([values, before]) => {
          const image = Pixels.from([...before, ...values]).subarray(before.length);
          const overlaps = countOverlaps(image, image, labels, labels);
          const sizes = labels.map((label) => values.filter((value) => value === label).length);
          expect([...overlaps.truthSize]).toEqual(sizes);
          expect([...overlaps.resultSize]).toEqual(sizes);
          expect(distinctLabels(image)).toEqual(labels.filter((_, i) => sizes[i] > 0));
        }),
      );
    },
  );

  it('see a label that is the highest bit alone', () => {
    const image = Uint16Array.of(0, 32768, 0, 0, 0, 0, 0, 32768);
    expect(distinctLabels(image)).toEqual([32768]);
    expect([...countOverlaps(image, image, [32768], [32768]).truthSize]).toEqual([2]);
  });
});
