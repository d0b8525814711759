import { describe, expect, it } from 'vitest';
import { fromCtc, type MaskReader, type SegImage, scoreTracks } from '../../src/score/index.ts';

const table = { label: [1, 2], begin: [0, 0], end: [1, 1], parent: [0, 0] };
// planes of one 2 x 2 x 3 frame: object 1 in both, object 2 in the second
const frame = { data: Uint16Array.of(1, 1, 0, 1, 1, 0, 1, 0, 2, 1, 0, 2), shape: [2, 2, 3] };
const masks: MaskReader = async () => frame;

/** SEG of the frames above against the given reference images. */
async function segOf(images: SegImage[], result = fromCtc(table, masks)): Promise<number | null> {
  return (await scoreTracks(fromCtc(table, masks, { seg: () => images }), result)).SEG;
}

describe('scoreTracks against segmentation truth', () => {
  it('compares a plane of the truth with that plane of the result', async () => {
    const image = { data: Uint8Array.of(9, 9, 0, 0, 0, 7), shape: [2, 3] };
    // plane 0: 9 is covered by object 1 (2 of 4 pixels), 7 by none
    expect(await segOf([{ t: 0, z: 0, image }])).toBeCloseTo((2 / 4 + 0) / 2, 12);
    // plane 1: half of 9 is covered, which is no match; 7 is covered by object 2
    expect(await segOf([{ t: 1, z: 1, image }])).toBeCloseTo((0 + 1 / 2) / 2, 12);
  });

  it('averages over the objects of all images and not over images', async () => {
    const whole = { t: 0, z: null, image: frame };
    const one = { t: 1, z: 0, image: { data: Uint8Array.of(0, 0, 5, 0, 0, 0), shape: [2, 3] } };
    expect(await segOf([whole, one])).toBeCloseTo(2 / 3, 12);
  });

  it('is null without reference objects or without segmentation truth', async () => {
    expect(await segOf([])).toBeNull();
    expect(await segOf([{ t: 0, z: 1, image: { data: new Uint8Array(6), shape: [2, 3] } }])).toBeNull();
    const plain = fromCtc(table, masks);
    expect(await scoreTracks(plain, plain)).toMatchObject({ SEG: null, OP_CSB: null, OP_CTB: null, DET: 1 });
  });

  it('counts the objects of frames that the result does not have as missed', async () => {
    const short = fromCtc({ ...table, end: [0, 0] }, masks);
    expect(await segOf([{ t: 1, z: null, image: frame }], short)).toBe(0);
  });

  it('names the frame where plane or shape does not fit', async () => {
    const image = { data: new Uint8Array(6), shape: [2, 3] };
    await expect(segOf([{ t: 1, z: 2, image }])).rejects.toMatchObject({
      tag: 'shape-mismatch',
      message: expect.stringMatching(/frame 1 is of plane 2/),
    });
    await expect(segOf([{ t: 1, z: null, image }])).rejects.toMatchObject({ tag: 'shape-mismatch' });
  });
});
