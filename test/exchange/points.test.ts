import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { type ReadOptions, readPoints, type Tracks } from '../../src/exchange/index.ts';
import { pairsOf } from '../cases/index.ts';
import { withFolder } from './helpers.ts';

async function readText(text: string, options: ReadOptions = {}): Promise<Tracks> {
  return withFolder(async (folder) => {
    await writeFile(`${folder}/points.csv`, text);
    return readPoints(`${folder}/points.csv`, options);
  });
}

describe('readPoints', () => {
  it('reads columns by name, sorted by frame, with their ids', async () => {
    const tracks = await readText('parent,id,t,y,x\n7,9,1,20,30\n-1,7,0,10,15\n');
    expect([...tracks.detections.t]).toEqual([0, 1]);
    expect([...tracks.detections.x]).toEqual([15, 30]);
    expect([...tracks.sourceId]).toEqual([7, 9]);
    expect(pairsOf(tracks.links)).toEqual([[0, 1]]);
    expect([tracks.ndim, tracks.nFrames, tracks.unit]).toEqual([2, 2, 'unknown']);
    expect(tracks.detections.radius.every(Number.isNaN)).toBe(true);
  });

  it.each([
    ['semicolons', 'id;t;x;y;z;radius;parent\n1;0;1.5;2;3;4;-1\n'],
    ['tabs', 'id\tt\tx\ty\tz\tradius\tparent\n1\t0\t1.5\t2\t3\t4\t\n'],
    [
      'a byte-order mark, quotes and Windows line ends',
      '\ufeff"id","t","x","y","z","radius","parent"\r\n1,0,1.5,2,3,4,-1\r\n\r\n',
    ],
  ])('reads %s', async (_name, text) => {
    const { detections, ndim } = await readText(text);
    expect([detections.count, ndim, detections.x[0], detections.z[0], detections.radius[0]]).toEqual([
      1, 3, 1.5, 3, 4,
    ]);
  });

  it.each([
    ['a missing column', 'id,t,x,parent\n', /row 1 must name the columns .* without y/],
    ['an empty file', '', /must have a header line/],
    [
      'a position that is no number',
      'id,t,x,y,parent\n1,0,NaN,2,-1\n',
      /row 2: x must be a finite number, got "NaN"/,
    ],
    ['a word', 'id,t,x,y,parent\n1,0,one,2,-1\n', /row 2: x must be a number, got "one"/],
    ['a fractional frame', 'id,t,x,y,parent\n1,0.5,1,2,-1\n', /row 2: t must be a frame number/],
    ['a negative frame', 'id,t,x,y,parent\n1,-1,1,2,-1\n', /row 2: t must be a frame number/],
    ['a short row', 'id,t,x,y,parent\n1,0,1,2,-1\n2,1,1\n', /row 3: must have 5 cells/],
    [
      'an id there twice',
      'id,t,x,y,parent\n1,0,1,2,-1\n1,1,1,2,-1\n',
      /row 3: id 1 must be there once, row 2/,
    ],
    [
      'an unknown parent',
      'id,t,x,y,parent\n1,0,1,2,-1\n2,1,1,2,5\n',
      /row 3: parent 5 must be the id of a row/,
    ],
    [
      'a parent that is later',
      'id,t,x,y,parent\n1,0,1,2,2\n2,1,1,2,-1\n',
      /row 2 \(id 1\).*row 3 \(id 2\) is in 1/,
    ],
    ['its own parent', 'id,t,x,y,parent\n1,0,1,2,1\n', /row 2 \(id 1\) must not be its own parent/],
  ])('refuses %s, naming the row', async (_name, text, message) => {
    await expect(readText(text)).rejects.toMatchObject({
      tag: 'invalid-data',
      exit: 65,
      message: expect.stringMatching(message),
    });
  });

  it('says so when there is no file', async () => {
    await expect(readPoints('/nowhere/points.csv')).rejects.toMatchObject({ tag: 'not-found', exit: 65 });
  });

  const three = 'id,t,x,y,parent\n1,0,1,2,-1\n2,1,1,2,1\n3,1,1,3,1\n4,1,1,4,1\n';
  const inFrame = 'id,t,x,y,parent\n1,0,1,2,-1\n2,0,1,2,1\n';

  it('keeps three daughters and leaves out links inside a frame, with a warning', async () => {
    const kept = await readText(three);
    expect([kept.links.count, kept.warnings.length]).toEqual([3, 1]);
    expect(kept.warnings[0]).toMatch(/row 2 \(id 1\) must have two daughters at most, found 3/);
    const left = await readText(inFrame);
    expect(left.links.count).toBe(0);
    expect(left.warnings[0]).toMatch(/row 3 \(id 2\).* 1 such link is left out/);
  });

  it('refuses both when strict', async () => {
    await expect(readText(three, { strict: true })).rejects.toThrow(
      /row 2 \(id 1\) must have two daughters at most/,
    );
    await expect(readText(inFrame, { strict: true })).rejects.toThrow(
      /row 3 \(id 2\) must lie in an earlier frame/,
    );
  });
});
