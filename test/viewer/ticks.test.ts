import { describe, expect, it } from 'vitest';
import type { Info } from '../../viewer/src/data/types.ts';
import type { TimeUnit } from '../../viewer/src/data/units.ts';
import { treeRaster } from '../../viewer/src/exports/treeRaster.ts';
import { ticksOf } from '../../viewer/src/views/tree/axis.ts';
import { frameAt, poseTree } from '../../viewer/src/views/tree/view.ts';

const FRAMES = { name: 'frame', perFrame: 1 } as TimeUnit;
const HOURS = { name: 'h', perFrame: 0.25 } as TimeUnit;
const view = { u0: 0, u1: 10, v0: 0, v1: 100 };

describe('ticksOf', () => {
  it('puts times where their frames are drawn, in the middle of a pixel, down and to the right', () => {
    const down = poseTree(view, true, 900, 224);
    const ticks = ticksOf(down, FRAMES, 'time', 100);
    expect(ticks.map(({ text }) => text)).toEqual(['0', '20', '40', '60', '80', '100']);
    for (const { x, y, text } of ticks) {
      expect([x, y]).toEqual([46, Math.round(frameAt(down, Number(text))) + 0.5]);
    }
    const right = poseTree(view, false, 900, 224);
    for (const { x, y, text } of ticksOf(right, FRAMES, 'time', 100)) {
      expect([x, y]).toEqual([Math.round(frameAt(right, Number(text))) + 0.5, 202]);
    }
  });

  it('says times in their unit, and none before or after the movie', () => {
    const pose = poseTree({ ...view, v0: -40, v1: 140 }, true, 900, 224);
    expect(ticksOf(pose, HOURS, 'time', 100).map(({ text }) => text)).toEqual(['0', '10', '20']);
  });

  it('has whole frames alone, and writes large ones with a comma', () => {
    const near = poseTree({ ...view, v0: 10, v1: 13 }, true, 900, 424);
    expect(ticksOf(near, FRAMES, 'time', 100).map(({ text }) => text)).toEqual(['10', '11', '12', '13']);
    const far = poseTree({ ...view, v0: 0, v1: 20_000 }, true, 900, 100);
    expect(ticksOf(far, FRAMES, 'time', 20_000).map(({ text }) => text)).toEqual(['0', '10,000', '20,000']);
  });

  it('writes generations in the middle of their room', () => {
    const pose = poseTree({ ...view, v1: 4 }, true, 900, 224);
    const ticks = ticksOf(pose, FRAMES, 'generation', 100);
    expect(ticks.map(({ text, y }) => [text, y])).toEqual([
      ['0', 37.5],
      ['1', 87.5],
      ['2', 137.5],
      ['3', 187.5],
    ]);
  });
});

describe('treeRaster', () => {
  it('lays an axis of lines and text over the picture of the marks', () => {
    const info = {
      run: { movie: { name: 'a<b', fingerprint: 'f' }, morula: '1' },
    } as unknown as Info;
    const ticks = [{ x: 46, y: 12.5, text: '0' }];
    const shown = { picture: 'data:x', width: 96, height: 192, ticks, down: true, colour: '#123456' };
    const svg = treeRaster(shown, info, '#v=1', HOURS);
    expect(svg).toContain('width="25.4mm" height="50.8mm" viewBox="0 0 96 192"');
    expect(svg).toContain('<image width="96" height="192" href="data:x"/>');
    expect(svg).toContain('<path d="M46 12.5h-4" stroke="#123456"/>');
    expect(svg).toContain('<text x="37" y="16" text-anchor="end" fill="#123456">0</text>');
    expect(svg).toContain('<title>a&lt;b</title>');
    expect(treeRaster({ ...shown, down: false }, info, '', FRAMES)).toContain(
      '<path d="M46 12.5v4" stroke="#123456"/><text x="46" y="29.5" text-anchor="middle"',
    );
  });
});
