import { describe, expect, it } from 'vitest';
import { answerTo, maybeSession } from '../../viewer/src/drop/dropped.ts';

const command = (name: string, inside: string[] | null): string => answerTo({ name, inside }).command;

describe('answerTo', () => {
  it('names the command that opens what was dropped, with a place for its folder', () => {
    const table: [string, string[] | null, string][] = [
      ['m.ome.zarr', ['zarr.json', '0'], 'track "<folder>/m.ome.zarr"'],
      ['old.zarr', ['.zattrs', '0'], 'track "<folder>/old.zarr"'],
      ['plate', ['zarr.json', 'A'], 'track "<folder>/plate"'],
      ['a b.morula', ['labels', 'run.json', 'tables'], 'view "<folder>/a b.morula"'],
      ['01', ['t000.tif', 't001.tif'], 'track "<folder>/01"'],
      ['01_GT', ['SEG', 'TRA'], 'import "<folder>/01_GT"'],
      ['TRA', ['man_track.txt', 'man_track000.tif'], 'import "<folder>/TRA"'],
      ['tracks.geff', ['zarr.json', 'nodes'], 'import "<folder>/tracks.geff"'],
      ['stack.TIF', null, 'track "<folder>/stack.TIF"'],
      ['points.csv', null, 'import "<folder>/points.csv"'],
      ['model.xml', null, 'import "<folder>/model.xml"'],
      ['net.onnx', null, 'models check "<folder>/net.onnx"'],
    ];
    for (const [name, inside, expected] of table)
      expect(command(name, inside)).toBe(`npx morula ${expected}`);
  });

  it('says what was found and what was expected where no command would help', () => {
    const folder = answerTo({ name: 'notes', inside: ['a.doc', 'b.doc', 'c.doc', 'd.doc', 'e.doc'] });
    expect(folder.command).toBe('');
    expect(folder.what).toMatch(
      /a folder with a\.doc, b\.doc, c\.doc, d\.doc and 1 more; expected is a movie/,
    );
    expect(answerTo({ name: 'x', inside: [] }).what).toMatch(/an empty folder; expected is/);
    expect(answerTo({ name: 'x.doc', inside: null }).what).toMatch(
      /a file that morula cannot read; expected is/,
    );
  });
});

describe('maybeSession', () => {
  it('is true of JSON files alone', () => {
    expect(maybeSession({ name: 'a.json', inside: null })).toBe(true);
    expect(maybeSession({ name: 'a.json', inside: [] })).toBe(false);
    expect(maybeSession({ name: 'a.csv', inside: null })).toBe(false);
  });
});
