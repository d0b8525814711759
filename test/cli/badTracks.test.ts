import { appendFileSync, existsSync, mkdirSync, readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { encodeTiff } from '../../src/codec/tiff/index.ts';
import { type Foreign, makeForeign, positions } from '../exchange/foreignGeff.ts';
import { tempFolder } from '../helpers/tempFolder.ts';
import { here, simulate } from './morula.ts';

const folder = tempFolder();
const NEVER = join(folder, 'never');
let movie: string;

beforeAll(async () => {
  movie = await simulate(folder, 'a');
});

/** Imports, and scores against itself, what cannot be read: one line, exit 65, nothing written. Gives the line. */
async function refused(path: string, ...options: string[]): Promise<string> {
  const before = readdirSync(folder).sort();
  const imported = await here('import', path, '-o', NEVER, ...options);
  expect([imported.code, imported.stdout]).toEqual([65, '']);
  expect(imported.stderr).toMatch(/^morula: [^\n]+[^.\n]\n$/);
  expect(imported.stderr.length).toBeLessThan(1000);
  expect(existsSync(NEVER)).toBe(false);
  expect(readdirSync(folder).sort()).toEqual(before);
  return imported.stderr.slice('morula: '.length, -1);
}

const HEADER = 'id,t,x,y,z,radius,parent\n';

describe('import of a table that cannot be used', () => {
  it.each<[string, string | Buffer, RegExp]>([
    [
      'no column of parents',
      'id,t,x,y\n1,0,1,1\n',
      /row 1 must name the columns .*, found "id,t,x,y" without parent$/,
    ],
    [
      'columns of nobody',
      'cell,when\n1,0\n',
      /must be tracks in a known format \(.*\), row 1 is "cell,when"; columns are separated by comma, semicolon or tab$/,
    ],
    [
      'bars for commas',
      'id|t|x|y|parent\n1|0|1|1|-1\n',
      /row 1 is "id\|t\|x\|y\|parent"; columns are separated by/,
    ],
    [
      'semicolons below commas',
      `${HEADER}1;0;1;1;0;1;-1\n`,
      /row 2: must have 7 cells as the header, got 1; the header has commas, this row semicolons$/,
    ],
    [
      'a decimal comma',
      'id;t;x;y;parent\n1;0;1,5;1;-1\n',
      /row 2: x must be a number, got "1,5"; decimals need a point$/,
    ],
    ['a row cut short', `${HEADER}1,0,1,1,0,1,-1\n2,1,1\n`, /row 3: must have 7 cells as the header, got 3$/],
    [
      'a place that is NaN',
      `${HEADER}1,0,1,1,0,1,-1\n2,1,NaN,1,0,1,1\n`,
      /row 3: x must be a finite number, got "NaN"$/,
    ],
    ['an empty place', `${HEADER}1,0,1,,0,1,-1\n`, /row 2: y must be a finite number, got ""$/],
    [
      'an endless place',
      `${HEADER}1,0,1,Infinity,0,1,-1\n`,
      /row 2: y must be a finite number, got "Infinity"$/,
    ],
    [
      'half a frame',
      `${HEADER}1,0.5,1,1,0,1,-1\n`,
      /row 2: t must be a frame number of 0 or more, got "0.5"$/,
    ],
    [
      'a parent of nobody',
      `${HEADER}1,0,1,1,0,1,9\n`,
      /row 2: parent 9 must be the id of a row, there is none/,
    ],
    [
      'a cycle',
      `${HEADER}1,0,1,1,0,1,3\n2,1,1,1,0,1,1\n3,2,1,1,0,1,2\n`,
      /the parent of row 2 \(id 1\) must lie in an earlier frame, row 4 \(id 3\) is in 2/,
    ],
    ['its own parent', `${HEADER}1,0,1,1,0,1,1\n`, /row 2 \(id 1\) must not be its own parent$/],
    [
      'an id there twice',
      `${HEADER}1,0,1,1,0,1,-1\n1,1,1,1,0,1,-1\n`,
      /row 3: id 1 must be there once, row 2 has it too$/,
    ],
    [
      'decimal commas between commas',
      `${HEADER}1,0,1,5,2,5,0,1,-1\n`,
      /row 2: must have 7 cells as the header, got 9; decimals need a point, texts with a comma quotes$/,
    ],
    [
      'a quote that stays open',
      `${HEADER}1,0,"1,1,0,1,-1\n`,
      /row 2: must have 7 cells as the header, got 3; a quote \("\) must be closed on its row$/,
    ],
    ['nothing at all', '', /must be tracks in a known format \(.*\), the file is empty$/],
    [
      'UTF-16',
      Buffer.from(`\ufeff${HEADER}`, 'utf16le'),
      /must be tracks in a known format \(.*\), found text in UTF-16; save it as UTF-8$/,
    ],
    ['a tree', '(B:10,C:12)A:14;\n', /found Newick trees: they hold no positions, so they are written only$/],
    ['a web page', '<?xml version="1.0"?>\n<html/>', /its first element is <html>$/],
    ['a header alone', HEADER, /holds no cell, so nothing says how many frames there are/],
    [
      'bytes of a picture',
      `\u0089PNG\u0000\u0001${'\u0000'.repeat(50)}`,
      /must be tracks in a known format \(.*\), found no text$/,
    ],
  ])('with %s', async (name, text, line) => {
    const path = join(folder, `${name}.csv`);
    writeFileSync(path, text);
    expect(await refused(path)).toMatch(line);
  });

  it.each<[string, string, string, RegExp]>([
    [
      'napari',
      'a track twice in a frame',
      'ID,T,Y,X\n1,0,1,1\n1,0,2,2\n',
      /row 3 \(track 1\) must be once in frame 0, row 2/,
    ],
    ['mastodon', 'no Z', 'X,Y,frame,ID,parent_id\n1,1,0,1,-1\n', /row 1 must name the columns .*without z$/],
    [
      'intracktive',
      'two parents',
      'track_id,t,y,x,parent_track_id\n1,0,1,1,-1\n2,0,1,1,-1\n3,1,1,1,1\n3,2,1,1,2\n',
      /row 5 \(track 3\): parent_track_id must be one in all rows of a track, got 2 after 1$/,
    ],
    [
      'trackmate-csv',
      'NaN',
      'ID,FRAME,POSITION_X,POSITION_Y\n1,0,NaN,1\n',
      /row 2: position_x must be a finite number, got "NaN"$/,
    ],
  ])('of %s with %s', async (format, name, text, line) => {
    const path = join(folder, `${format} ${name}.csv`);
    writeFileSync(path, text);
    expect(await refused(path, '--format', format)).toMatch(line);
  });

  it('with a third parent in the graph of napari', async () => {
    const path = join(folder, 'thirds.csv');
    writeFileSync(path, 'ID,T,Y,X\n1,0,1,1\n2,0,2,2\n3,0,3,3\n4,1,1,1\n');
    writeFileSync(join(folder, 'thirds-graph.json'), '{"4": [1, 2, 3]}');
    expect(await refused(path)).toMatch(
      /track 4 must have one parent at most, found 3; merges cannot be read$/,
    );
  });

  it('of two gigabytes on one line', async () => {
    const path = join(folder, 'long.csv');
    writeFileSync(path, HEADER);
    truncateSync(path, 2 ** 31 + 1);
    expect(await refused(path)).toMatch(
      /row 2: a line must have 1048576 characters at most, found more; is it a text table\?$/,
    );
  });

  it('of two gigabytes of rows, without keeping them', async () => {
    const path = join(folder, 'many.csv');
    writeFileSync(path, HEADER);
    const rows = Buffer.from('1,0,1,1,,,\n'.repeat(2 ** 18));
    for (let i = 0; i < 64; i++) appendFileSync(path, rows);
    truncateSync(path, 2 ** 31 + 1);
    const before = process.memoryUsage.rss();
    expect(await refused(path)).toMatch(
      /csv: .*: row 16777217: there must be 16777215 rows at most, found more/,
    );
    expect(process.memoryUsage.rss() - before).toBeLessThan(300e6);
    expect(await refused(path, '--format', 'mastodon')).toMatch(/^mastodon: .*: row 16777217: there must be/);
  });
});

describe('import of a GEFF that cannot be used', () => {
  it.each<[string, Foreign, RegExp]>([
    [
      'an edge to a node that is absent',
      { edges: [[10, 99]] },
      /edge 10 to 99 must join nodes, there is no node 99$/,
    ],
    [
      'a cycle',
      {
        edges: [
          [10, 20],
          [20, 30],
          [30, 10],
        ],
      },
      /the parent of node 10 must lie in an earlier frame, node 30 is in 2, not before 0$/,
    ],
    [
      'a node of three parents',
      {
        ids: [10, 20, 30, 40],
        props: { ...positions, t: { values: [0, 0, 0, 1], dtype: 'int64' } },
        edges: [
          [10, 40],
          [20, 40],
          [30, 40],
        ],
      },
      /node 40 must have one parent at most, found node 10 and node 20; merges cannot be read$/,
    ],
    [
      'a place that is NaN',
      { props: { ...positions, x: { values: [5, Number.NaN, 7, 8] } } },
      /node 20: x must be a finite number, got NaN$/,
    ],
  ])('with %s', async (name, foreign, line) => {
    expect(await refused(await makeForeign(join(folder, `${name}.geff`), foreign))).toMatch(line);
  });
});

describe('import of an XML file that cannot be used', () => {
  const spot = (id: number, frame: number): string =>
    `<Spot ID="${id}" FRAME="${frame}" POSITION_X="1" POSITION_Y="1" POSITION_Z="0"/>`;
  const edge = (a: number, b: number): string => `<Edge SPOT_SOURCE_ID="${a}" SPOT_TARGET_ID="${b}"/>`;
  const session = (spots: string, edges = ''): string =>
    `<?xml version="1.0"?>\n<TrackMate version="7.13.2"><Model spatialunits="micron" timeunits="sec">\n<AllSpots nspots="3"><SpotsInFrame frame="0">\n${spots}</SpotsInFrame></AllSpots>\n<AllTracks><Track TRACK_ID="0">\n${edges}</Track></AllTracks></Model></TrackMate>`;
  const three = `${spot(1, 0)}${spot(2, 0)}${spot(3, 1)}${spot(4, 0)}`;
  const entities = Array.from({ length: 30 }, (_, k) => `<!ENTITY e${k + 1} "${`&e${k};`.repeat(10)}">`).join(
    '\n',
  );

  it.each<[string, string, RegExp]>([
    [
      'a tag that is not closed',
      session(spot(1, 0)).replace('</AllSpots>', ''),
      /line \d: <AllSpots> of line 3 must be closed first/,
    ],
    [
      'a file that ends too early',
      session(three).slice(0, 120),
      /line \d+: .*must be closed, the file ends$/,
    ],
    ['a value without quotes', session('<Spot ID=1/>'), /line 4: <Spot>: the value of ID must be in quotes$/],
    [
      'an entity bomb',
      `<?xml version="1.0"?>\n<!DOCTYPE bomb [<!ENTITY e0 "boom">\n${entities}]>\n<TrackMate>&e30;</TrackMate>`,
      /line 2: must hold no document type or entities of its own, found "<!"; take them out$/,
    ],
    [
      'an entity of a file',
      '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><TrackMate>&f;</TrackMate>',
      /line 1: must hold no document type/,
    ],
    [
      'an edge to no spot',
      session(three, edge(1, 99)),
      /line 6: <Edge>: 1 to 99 must join spots, there is no spot 99$/,
    ],
    [
      'a spot of three parents',
      session(three, edge(1, 3) + edge(2, 3) + edge(4, 3)),
      /spot 3 \(line 4\) must have one parent at most, found spot 1 \(line 4\) and spot 2 \(line 4\); merges cannot be read$/,
    ],
    [
      'a place that is NaN',
      session(spot(1, 0).replace('POSITION_Y="1"', 'POSITION_Y="NaN"')),
      /line 4: <Spot>: POSITION_Y must be a finite number, got NaN$/,
    ],
    ['elements a thousand deep', `<TrackMate>${'<a>'.repeat(1000)}`, /elements must be 64 deep at most/],
    [
      'another language',
      '<html><body>no</body></html>',
      /must be tracks in a known format|outermost element must be <TrackMate>/,
    ],
  ])('with %s', async (name, text, line) => {
    const path = join(folder, `${name}.xml`);
    writeFileSync(path, text);
    expect(await refused(path)).toMatch(line);
  });
});

describe('import of masks that cannot be used', () => {
  /** A folder of masks, one square object of label 1; `sizes` are the frames' heights. */
  function masks(name: string, sizes: number[], tracks: string): string {
    const path = join(folder, name);
    mkdirSync(path);
    for (const [t, size] of sizes.entries()) {
      const data = new Uint16Array(size * 40);
      data[41] = 1;
      writeFileSync(join(path, `mask00${t}.tif`), encodeTiff([{ data, shape: [size, 40] }], {}));
    }
    writeFileSync(join(path, 'res_track.txt'), tracks);
    return path;
  }

  it('with another size than the movie', async () => {
    const path = masks('small_RES', [40, 40, 40], '1 0 2 0\n');
    expect(await refused(path, '--movie', movie)).toMatch(
      /^import: masks of .* must have the movie's 1 x \d+ x \d+ pixels, found 1 x 40 x 40$/,
    );
  });

  it('with more frames than the movie', async () => {
    const path = masks('long_RES', [40, 40, 40, 40], '1 0 3 0\n');
    expect(await refused(path, '--movie', movie)).toMatch(
      /has tracks up to frame 3, the movie a has 3 frames$/,
    );
  });

  it('with frames of several sizes', async () => {
    const path = masks('mixed_RES', [40, 30, 40], '1 0 2 0\n');
    expect(await refused(path)).toBe(
      'ctc: the mask of frame 1 must be 40 x 40 pixels as the first one, found 30 x 40',
    );
  });

  it('with a track file that breaks its rules', async () => {
    const path = masks('cycle_RES', [40, 40, 40], '1 0 1 2\n2 2 2 1\n');
    expect(await refused(path)).toMatch(
      /^ctc: .*res_track.txt: line 1: label 1: parent 2 must end before frame 0, it ends in frame 2$/,
    );
  });

  it('with a file that is no picture', async () => {
    const path = masks('text_RES', [40, 40, 40], '1 0 2 0\n');
    writeFileSync(join(path, 'mask001.tif'), 'not a picture');
    expect(await refused(path)).toMatch(/mask001\.tif/);
  });
});

describe('score of what cannot be read', () => {
  it('names the row of either side', async () => {
    const [good, bad] = [join(folder, 'good.csv'), join(folder, 'bad.csv')];
    writeFileSync(good, `${HEADER}1,0,1,1,0,1,-1\n`);
    writeFileSync(bad, `${HEADER}1,0,1,one,0,1,-1\n`);
    for (const [result, truth] of [
      [good, bad],
      [bad, good],
    ]) {
      const { code, stdout, stderr } = await here('score', result!, '--truth', truth!);
      expect([code, stdout]).toEqual([65, '']);
      expect(stderr).toMatch(/^morula: csv: .*bad\.csv: row 2: y must be a number, got "one"\n$/);
    }
  });
});
