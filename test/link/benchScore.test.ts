import { describe, expect, it } from 'vitest';
import { keepFrames, scoreLinks } from '../../bench/link.ts';
import { simulateCloud } from '../../bench/linkScale.ts';
import { perturb } from '../../bench/perturb.ts';
import { type LinkOptions, linkDetections } from '../../src/link/index.ts';
import { fromLinks, scoreTracks } from '../../src/score/index.ts';

const options: LinkOptions = {
  linker: 'lap',
  maxDistance: Number.NaN,
  maxFrameInterval: 2,
  divisions: true,
};

describe('scoreLinks', () => {
  it('gives the LNK and the division F1 that a score gives, links of the wrong kind counted', async () => {
    const cloud = simulateCloud(8, 4, 300);
    const faults = { missed: 0.04, added: 0.02, merged: 0, split: 0, jitter: 0.1 };
    const { detections, links } = perturb(cloud.detections, cloud.links, faults, 5);
    const found = (await linkDetections(detections, options)).links;
    const scores = await scoreTracks(fromLinks(detections, links), fromLinks(detections, found));
    expect(scores.counts).toMatchObject({ NS: 0, FN: 0, FP: 0 });
    expect(scores.counts.EC).toBeGreaterThan(0);
    const own = scoreLinks(detections, links, found);
    expect(own.lnk).toBeCloseTo(scores.LNK ?? Number.NaN, 12);
    expect(own.division0).toBeCloseTo(scores.divisions.f1[0] ?? Number.NaN, 12);
  });
});

describe('keepFrames', () => {
  it('keeps the rows of the first frames and the links between them', () => {
    const cloud = simulateCloud(6, 4, 60);
    const { detections, links } = keepFrames(cloud, 3);
    expect(new Set(detections.t)).toEqual(new Set([0, 1, 2]));
    expect(detections.z).toEqual(cloud.detections.z.slice(0, detections.count));
    expect(links.count).toBe(cloud.links.target.filter((v) => cloud.detections.t[v] < 3).length);
    expect(Math.max(...links.target)).toBeLessThan(detections.count);
  });
});
