import { describe, expect, it } from 'vitest';
import { editsCsv, reviewCsv } from '../../viewer/src/exports/reviewCsv.ts';
import { treeSvg } from '../../viewer/src/exports/treeSvg.ts';
import { createForest } from '../../viewer/src/layout/forest.ts';
import { generationAxis, timeAxis } from '../../viewer/src/layout/treeAxis.ts';
import { family } from './family.ts';

function draw(name = 'a < b & "c"', along = timeAxis): string {
  const data = family();
  data.info.run.movie.name = name;
  const { layout, colours } = createForest(data).arrange();
  const { lineage, generation } = data.branches;
  return treeSvg({
    data,
    axis: along(data, layout),
    colours: { lineageColour: colours, lineage, generation },
    colourBy: 'lineage',
    unit: { perFrame: 0.5, name: 'h', hours: 0.5 },
    link: '#v=1&t=2',
    version: '9.9',
  });
}

describe('treeSvg', () => {
  it('draws one titled path a branch, a dot a division, and ends as they are', () => {
    const svg = draw();
    expect(svg.match(/<path [^>]*><title>track \d+<\/title>/g)).toHaveLength(4);
    expect(svg.match(/<circle/g)).toHaveLength(1);
    for (const b of [1, 2, 3, 4]) expect(svg).toContain(`<title>track ${b}</title>`);
    const lost = /<path d="([^"]*)"[^>]*><title>track 4</.exec(svg)![1]!;
    expect(lost).toMatch(/l.*m0,-.*l-/);
  });

  it('by generation has each of them once on its axis, and sisters that are as long as each other', () => {
    const svg = draw('m', generationAxis);
    expect(svg).toContain('>generation</text>');
    expect([...svg.matchAll(/text-anchor="end">(\d)<\/text>/g)].map(([, g]) => g)).toEqual(['0', '1']);
    const ends = [...svg.matchAll(/<path d="M[\d.]+,([\d.]+)V([\d.]+)/g)].map(([, a, b]) => [+a!, +b!]);
    expect(new Set(ends.map(([a, b]) => `${a} ${b}`))).toEqual(new Set(['22.8 77.8', '77.8 132.8']));
  });

  it('is in millimetres, with real text, the hours, the version and the link, and well-formed names', () => {
    const svg = draw();
    expect(svg).toMatch(/^<svg [^>]*width="[\d.]+mm" height="137.8mm"/);
    expect(svg).toContain('a &lt; b &amp; &quot;c&quot;');
    expect(svg).toContain('morula 9.9 #v=1&amp;t=2');
    expect(svg).toContain('>time, h</text>');
    expect(svg.match(/<(\w+)[ >]/g)!.length).toBeGreaterThan(10);
    const opened = svg.match(/<(svg|g|text|title|desc)\b/g)!.length;
    expect(svg.match(/<\/(svg|g|text|title|desc)>/g)).toHaveLength(opened);
  });

  it('lies within its page, its legend in lines that fit', () => {
    const svg = draw('m');
    const lines = [...svg.matchAll(/<text x="15" y="([\d.]+)" fill="#555">([^<]*)</g)];
    expect(lines.map(([, , text]) => text).join(' · ')).toBe(
      'circle: division · bar: end of the movie · arrow: leaves the picture · cross: lost',
    );
    expect(lines.map(([, y]) => y)).toEqual(['9', '12.6', '16.2', '19.8']);
    const [, width, height] = /viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(svg)!.map(Number);
    for (const [, x, y] of svg.matchAll(/<path d="M([\d.]+),([\d.]+)V/g)) {
      expect(Number(x)).toBeLessThan(width!);
      expect(Number(y)).toBeLessThan(height!);
    }
  });
});

describe('reviewCsv', () => {
  it('has a line for every place with what was decided', () => {
    const item = {
      kind: 'link',
      node: 2,
      name: 'out:1.7:2.7',
      wrong: 0.25,
      alert: false,
      gain: 1,
    } as const;
    expect(reviewCsv(family(), [item], () => 'verified')).toBe(
      'item,kind,frame,tracklet,doubt,impossible,state\nout:1.7:2.7,link,1,1,0.2500,0,verified\n',
    );
  });
});

describe('editsCsv', () => {
  it('quotes what needs it', () => {
    const entry = {
      seq: 1,
      id: 'a',
      kind: 'edit',
      at: '2026-01-01T00:00:00Z',
      by: 'me, myself',
      label: 'link',
      changes: [],
    };
    expect(editsCsv([entry as never])).toBe(
      'seq,at,by,kind,of,label,view\n1,2026-01-01T00:00:00Z,"me, myself",edit,,link,\n',
    );
  });
});
