import { describe, expect, it } from 'vitest';
import { fromCtc, type ScoreInput, scoreTracks } from '../../src/score/index.ts';
import { type Painting, toInput, toTable } from './canvas.ts';
import { truth } from './cases.ts';

const side = toInput(truth);
const withTracks = (tracks: Painting['tracks']): ScoreInput => toInput({ ...truth, tracks });

describe('scoreTracks on input that contradicts itself', () => {
  it.each([
    ['a label without a track', withTracks(truth.tracks.slice(0, 4)), /frame 0 has label 5 and no track/],
    [
      'a track beyond its pixels',
      withTracks([...truth.tracks, [6, 3, 4, 0]]),
      /label 6 has no pixel in frame 3/,
    ],
    [
      'a parent that is missing',
      withTracks([[1, 0, 4, 8], ...truth.tracks.slice(1)]),
      /track 1 has parent 8/,
    ],
    ['an id twice', withTracks([...truth.tracks, [5, 0, 9, 0]]), /5 occurs twice/],
    [
      'a child before its parent ends',
      withTracks([...truth.tracks.slice(0, 4), [5, 0, 9, 4]]),
      /track 5 begins in frame 0 and its parent ends in frame 9/,
    ],
  ])('names %s', async (_, broken, message) => {
    await expect(scoreTracks(side, broken)).rejects.toMatchObject({
      tag: 'invalid-data',
      message: expect.stringMatching(message),
    });
    await expect(scoreTracks(broken, side)).rejects.toMatchObject({ tag: 'invalid-data' });
  });

  it('names the frame and both shapes of masks that differ', async () => {
    const other = toInput({ ...truth, size: 65 });
    await expect(scoreTracks(side, other)).rejects.toMatchObject({
      tag: 'shape-mismatch',
      message: expect.stringMatching(/frame 0 has 64 x 64 and 65 x 65/),
    });
  });

  it('refuses a track that ends before it begins', () => {
    const table = toTable([[1, 4, 2, 0]]);
    expect(() => fromCtc(table, side.masks as NonNullable<ScoreInput['masks']>)).toThrow(
      /track 1 lasts from 4 to 2/,
    );
  });

  it('refuses options out of range', async () => {
    await expect(scoreTracks(side, side, { matchDistance: -1 })).rejects.toMatchObject({
      tag: 'invalid-option',
    });
    await expect(scoreTracks(side, side, { bioTolerance: 4 })).rejects.toMatchObject({
      tag: 'invalid-option',
    });
    const { masks: _, ...bare } = side;
    await expect(scoreTracks(side, bare, { match: 'masks' })).rejects.toMatchObject({
      tag: 'invalid-option',
    });
    await expect(scoreTracks(side, bare)).rejects.toThrow(/every node must have a position/);
  });

  it('stops between frames when it is aborted', async () => {
    const stop = new AbortController();
    const seen: number[] = [];
    const run = scoreTracks(side, side, {
      signal: stop.signal,
      onProgress: (done) => {
        seen.push(done);
        if (done === 3) stop.abort();
      },
    });
    await expect(run).rejects.toThrow(/abort/i);
    expect(seen).toEqual([1, 2, 3]);
  });
});
