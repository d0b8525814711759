import { describe, expect, it } from 'vitest';
import { firstFrames, framesFor } from '../../bench/peers/link.ts';

describe('firstFrames', () => {
  it('keeps the head and the rows of the first frames, in whatever order they stand', () => {
    const table = 'id,t,x,y,z,radius,parent\n1,0,5,5,0,1,-1\n3,2,5,5,0,1,2\n2,1,5,5,0,1,1\n';
    expect(firstFrames(table, 2)).toBe('id,t,x,y,z,radius,parent\n1,0,5,5,0,1,-1\n2,1,5,5,0,1,1\n');
    expect(firstFrames(table, 3)).toBe(table);
    expect(firstFrames(table, 0)).toBe('id,t,x,y,z,radius,parent\n');
  });
});

describe('framesFor', () => {
  it('counts frames until enough detections, or all, or three', () => {
    const rows = [0, 0, 1, 3, 2, 4, 4, 5].map((t, id) => `${id},${t},5,5,0,1,-1\n`);
    const table = `id,t,x,y,z,radius,parent\n${rows.join('')}`;
    expect(framesFor(table, 6)).toBe(5);
    expect(framesFor(table, 5)).toBe(4);
    expect(framesFor(table, 2)).toBe(3);
    expect(framesFor(table, 100)).toBe(6);
  });
});
