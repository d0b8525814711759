import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ExportContext,
  type ReadOptions,
  readTrackMate,
  readTracks,
  type Tracks,
  writeTrackMate,
} from '../../src/exchange/index.ts';
import { buildLineage } from '../../src/lineage/index.ts';
import { arbitraryLineage, division, makeLinks, pairsOf } from '../cases/index.ts';
import { withFolder } from './helpers.ts';

const CONTEXT: ExportContext = { name: 'a "movie" & <more>', voxelSize: [1, 1, 1], timeStep: 60, nFrames: 4 };

const data = process.env.MORULA_DATA ?? join(import.meta.dirname, '../../../shared/data');
const reason = existsSync(data) ? '' : ' (skipped: the shared data are not here)';

interface Parts {
  root?: string;
  units?: string;
  spots?: string;
  tracks?: string;
  filtered?: string;
  image?: string;
}

const spot = (id: number, t: number, x: number, more = ''): string => {
  const place = `POSITION_X="${x}" POSITION_Y="2.0" POSITION_Z="0.0"`;
  return `<Spot ID="${id}" name="ID${id}" QUALITY="0.5" ${place} FRAME="${t}" RADIUS="3.0" VISIBILITY="1" ${more}/>`;
};

/** Two tracks (7: 10 to 11, backwards; 8: 20 to 21, hidden), a lone spot 30 and a hidden one 31. */
function session(parts: Parts = {}): string {
  const spots =
    parts.spots ??
    `<SpotsInFrame frame="0">${spot(10, 0, 1)}${spot(20, 0, 5)}</SpotsInFrame>
     <SpotsInFrame frame="1">${spot(11, 1, 1.5)}${spot(21, 1, 5.5)}${spot(30, 1, 9)}
     ${spot(31, 1, 8).replace('VISIBILITY="1"', 'VISIBILITY="0"')}</SpotsInFrame>`;
  const tracks =
    parts.tracks ??
    `<Track name="Track_7" TRACK_ID="7"><Edge SPOT_SOURCE_ID="11" SPOT_TARGET_ID="10" LINK_COST="0.25" /></Track>
     <Track name="Track_8" TRACK_ID="8"><Edge SPOT_SOURCE_ID="20" SPOT_TARGET_ID="21" LINK_COST="-1.0" /></Track>`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<!-- a comment with <b> -->
<${parts.root ?? 'TrackMate'} version="7.0">
  <Log>a &lt; b &#228;</Log>
  <Model ${parts.units ?? 'spatialunits="µm" timeunits="min"'}>
    <AllSpots nspots="6">${spots}</AllSpots>
    <AllTracks>${tracks}</AllTracks>
    ${parts.filtered ?? '<FilteredTracks><TrackID TRACK_ID="7" /></FilteredTracks>'}
  </Model>
  <Settings>${parts.image ?? '<ImageData nslices="1" nframes="5" pixelwidth="0.5" pixelheight="0.25" voxeldepth="1.0" timeinterval="2.0" />'}</Settings>
</${parts.root ?? 'TrackMate'}>
`;
}

async function readText(text: string | Buffer, options: ReadOptions = {}): Promise<Tracks> {
  return withFolder(async (folder) => {
    await writeFile(join(folder, 'session.xml'), text);
    return (await readTracks(join(folder, 'session.xml'), options)) as Tracks;
  });
}

describe('readTrackMate', () => {
  it('reads visible tracks and lone spots, edges forward in time, with the scale of the file', async () => {
    const tracks = await readText(session());
    expect([...tracks.sourceId]).toEqual([10, 11, 30]);
    expect([...tracks.detections.x]).toEqual([1, 1.5, 9]);
    expect([...tracks.detections.radius]).toEqual([3, 3, 3]);
    expect(pairsOf(tracks.links)).toEqual([[0, 1]]);
    expect(tracks.links.cost[0]).toBe(0.25);
    expect([tracks.ndim, tracks.nFrames, tracks.unit]).toEqual([2, 5, 'micrometer']);
    expect([tracks.voxelSize, tracks.timeStep]).toEqual([[1, 0.25, 0.5], 120]);
    expect(tracks.warnings).toEqual([expect.stringMatching(/as TrackMate hides them: 3 spots, 1 tracks/)]);
  });

  it('reads hidden ones too when all are asked for', async () => {
    const tracks = await readText(session(), { all: true });
    expect([...tracks.sourceId]).toEqual([10, 20, 11, 21, 30, 31]);
    expect(pairsOf(tracks.links)).toEqual([
      [0, 2],
      [1, 3],
    ]);
    expect(tracks.links.cost[1]).toBeNaN();
    expect(tracks.warnings).toEqual([]);
  });

  it('takes all tracks for visible where the file does not say', async () => {
    expect((await readText(session({ filtered: '' }))).links.count).toBe(2);
  });

  it('reads MaMuT files, single quotes, CRLF and a byte-order mark', async () => {
    const text = session({ root: 'MaMuT' }).replaceAll('\n', '\r\n').replace('frame="0"', "frame='0'");
    expect((await readText(`\ufeff${text}`)).detections.count).toBe(3);
  });

  it('turns nanometres, and pixels where their size is given, into micrometres', async () => {
    const nm = await readText(session({ units: 'spatialunits="nm" timeunits="frame"' }));
    expect([nm.detections.x[1], nm.unit, nm.timeStep]).toEqual([0.0015, 'micrometer', undefined]);
    const pixels = session({ units: 'spatialunits="pixel" timeunits="frame"' });
    const read = await readText(pixels, { voxelSize: [1, 2, 4], timeStep: 3 });
    expect([read.detections.x[1], read.detections.y[1], read.unit]).toEqual([6, 4, 'micrometer']);
    expect(read.timeStep).toBe(3);
    expect((await readText(pixels)).unit).toBe('pixel');
  });

  it('takes the frame from the list where a spot has none', async () => {
    const lists = `<SpotsInFrame frame="3">${spot(10, 0, 1).replace(' FRAME="0"', '')}</SpotsInFrame>`;
    const tracks = await readText(session({ spots: lists, tracks: '' }));
    expect([...tracks.detections.t]).toEqual([3]);
  });

  it('reads NaN and Infinity of a measure, and leaves out a quality that is no probability', async () => {
    const spots = `<SpotsInFrame frame="0">${spot(1, 0, 1, 'AREA="NaN" MEAN_INTENSITY_CH1="Infinity" ')}
      ${spot(2, 0, 2).replace('QUALITY="0.5"', 'QUALITY="70.1"')}</SpotsInFrame>`;
    const { detections, warnings } = await readText(session({ spots, tracks: '', filtered: '' }));
    expect([detections.size[0], detections.intensity[0]]).toEqual([Number.NaN, Number.POSITIVE_INFINITY]);
    expect(detections.intensity[1]).toBeNaN();
    expect([...detections.prob]).toEqual([Number.NaN, Number.NaN]);
    expect(warnings).toEqual([expect.stringMatching(/QUALITY is no probability.*70.1/)]);
  });

  const lists = (text: string): string =>
    session({ spots: `<SpotsInFrame frame="0">${text}</SpotsInFrame>` });
  const edge = (from: number, to: number): string =>
    `<Edge SPOT_SOURCE_ID="${from}" SPOT_TARGET_ID="${to}" LINK_COST="1" />`;
  const edges = (...texts: string[]): string => {
    const spots = [spot(10, 0, 1), spot(20, 0, 5), spot(11, 1, 1), spot(12, 2, 1)].join('');
    return session({
      spots: `<SpotsInFrame frame="0">${spots}</SpotsInFrame>`,
      tracks: `<Track TRACK_ID="7">${texts.join('')}</Track>`,
    });
  };
  const bomb = `<?xml version="1.0"?>\n<!DOCTYPE TrackMate [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>\n<TrackMate>&b;</TrackMate>`;

  it.each([
    ['an entity bomb', bomb, /line 2: must hold no document type or entities/],
    ['an entity of nobody', session().replace('&lt;', '&lol;'), /line 4: "&" must begin a reference.*&lol;/],
    [
      'a tag that is not closed',
      session().replace('</AllTracks>', ''),
      /<AllTracks> of line \d+ must be closed first, found <\/Model>/,
    ],
    ['a file cut off in a tag', session().slice(0, 500), /line \d+: .* must be closed, the file ends/],
    [
      'a file cut off between tags',
      session().split('<AllTracks>')[0],
      /<Model> of line 5 must be closed, the file ends/,
    ],
    ['a value without quotes', lists('<Spot ID=1 />'), /line 6: <Spot>: the value of ID must be in quotes/],
    [
      'a value that is not closed',
      lists('<Spot ID="1 />'),
      /line \d+: <Spot>: the value of ID must be closed before "<"/,
    ],
    ['an attribute twice', lists('<Spot ID="1" ID="2" />'), /<Spot> must have attribute ID once/],
    ['two outermost elements', `${session()}<More/>`, /one outermost element, found another <More>/],
    ['text after the end', `${session()}more`, /must begin and end with an element, found text/],
    [
      'an export of tracks alone',
      '<Tracks nTracks="1"><particle/></Tracks>',
      /line 1: <Tracks>: the outermost element must be <TrackMate>.*save the session/,
    ],
    ['no model', '<TrackMate version="7"><Log/></TrackMate>', /<TrackMate> must hold a <Model>/],
    [
      'a spot without ID',
      lists('<Spot FRAME="0" />'),
      /line 6: <Spot>: ID must be a whole number, got nothing/,
    ],
    [
      'a NaN position',
      lists(spot(1, 0, Number.NaN)),
      /line 6: <Spot>: POSITION_X must be a finite number, got NaN/,
    ],
    [
      'a word for a number',
      lists(spot(1, 0, 1, 'AREA="big" ')),
      /line 6: <Spot>: AREA must be a number, got "big"/,
    ],
    ['a comma in a number', lists(spot(1, 0, 1, 'AREA="1,5" ')), /AREA must be a number, got "1,5"/],
    [
      'a negative frame',
      lists(spot(1, -1, 1)),
      /line 6: <Spot>: FRAME must be a frame number of 0 or more, got -1/,
    ],
    ['an ID there twice', lists(spot(1, 0, 1) + spot(1, 0, 2)), /spot 1 \(line 6\): id 1 must be there once/],
    [
      'an edge to no spot',
      edges(edge(10, 99)),
      /line \d+: <Edge>: 10 to 99 must join spots, there is no spot 99/,
    ],
    ['two parents', edges(edge(10, 11), edge(20, 11)), /spot 11 \(line 6\) must have one parent at most/],
    [
      'a cycle',
      edges(edge(10, 11), edge(11, 12), edge(12, 10)),
      /spot 12 \(line 6\) must have one parent at most/,
    ],
    ['an edge there twice', edges(edge(10, 11), edge(11, 10)), /must be there once, found twice/],
  ])('refuses %s, naming the line', async (_name, text, message) => {
    await expect(readText(text)).rejects.toMatchObject({
      tag: 'invalid-data',
      exit: 65,
      message: expect.stringMatching(message),
    });
  });

  it('refuses UTF-16', async () => {
    await withFolder(async (folder) => {
      await writeFile(join(folder, 'wide.xml'), Buffer.from(`\ufeff${session()}`, 'utf16le'));
      await expect(readTrackMate(join(folder, 'wide.xml'))).rejects.toThrow(/must be UTF-8, found UTF-16/);
    });
  });

  it('says so when there is no file', async () => {
    await expect(readTrackMate('/nowhere/session.xml')).rejects.toMatchObject({ tag: 'not-found', exit: 65 });
  });

  it('reads tags and references that lie across the borders of what is read at once', async () => {
    const log = `<Log>${'&amp;x'.repeat(120_001)}</Log>`;
    const text = session().replace(/<Log>.*<\/Log>/, log);
    expect((await readText(text)).detections.count).toBe(3);
  });
});

/** What is between the tags `<name ...>` and `</name>`, lines trimmed. */
const inside = (text: string, name: string): string[] => {
  const found = new RegExp(`<${name}[ >][\\s\\S]*?</${name}>`).exec(text)?.[0] ?? '';
  return found.split('\n').map((line) => line.trim());
};

describe('writeTrackMate', () => {
  it('writes all detections, one track a lineage, visible, forward edges', async () => {
    await withFolder(async (folder) => {
      const path = join(folder, 'session.xml');
      const { notes } = await writeTrackMate(
        path,
        buildLineage(division.detections, division.links),
        CONTEXT,
      );
      const text = await readFile(path, 'utf8');
      expect(notes).toEqual([]);
      expect(text).toContain('<Model spatialunits="micron" timeunits="sec">');
      expect(text).toContain('<AllSpots nspots="6">');
      expect(inside(text, 'SpotsInFrame')[1]).toBe(
        '<Spot ID="0" name="ID0" QUALITY="0.9" POSITION_X="10" POSITION_Y="10" POSITION_Z="0" POSITION_T="0" FRAME="0" RADIUS="2" VISIBILITY="1" MEAN_INTENSITY_CH1="100" AREA="12.566370614359172" MASK_LABEL="1" />',
      );
      const track = inside(text, 'Track');
      expect(track[0]).toBe(
        '<Track name="Track_0" TRACK_INDEX="0" TRACK_ID="0" NUMBER_SPOTS="6" NUMBER_GAPS="0" NUMBER_SPLITS="1" NUMBER_MERGES="0" NUMBER_COMPLEX="0" LONGEST_GAP="0" TRACK_DURATION="180" TRACK_START="0" TRACK_STOP="180" TRACK_DISPLACEMENT="3.505709628591621">',
      );
      expect(
        track.filter((line) => line.startsWith('<Edge')).map((line) => line.match(/\d+/g)?.slice(0, 2)),
      ).toEqual([
        ...[
          ['0', '1'],
          ['1', '2'],
          ['1', '3'],
          ['2', '4'],
          ['3', '5'],
        ],
      ]);
      expect(inside(text, 'FilteredTracks')[1]).toBe('<TrackID TRACK_ID="0" />');
      expect(text).toContain('filename="a &quot;movie&quot; &amp; &lt;more&gt;"');
    });
  });

  it('makes up radii that TrackMate must have, and says so', async () => {
    await withFolder(async (folder) => {
      const { detections } = division;
      const radius = detections.radius.map((value, i) => (i < 2 ? Number.NaN : value + i));
      const lineage = buildLineage({ ...detections, radius }, division.links);
      const { notes } = await writeTrackMate(join(folder, 's.xml'), lineage, CONTEXT);
      expect(notes).toEqual(['trackmate: radii made up where none is known: 2 (the median of the others)']);
      expect((await readTrackMate(join(folder, 's.xml'))).detections.radius[0]).toBe(6);
    });
  });
});

describe('writeTrackMate over an original', () => {
  /** Reads `text`, lets `change` have the tracks, writes them over it; the written text and notes. */
  async function over(
    text: string,
    change: (tracks: Tracks) => Pick<Tracks, 'detections' | 'links'>,
    options: ReadOptions = {},
  ): Promise<{ text: string; notes: string[]; tracks: Tracks }> {
    return withFolder(async (folder) => {
      const original = join(folder, 'original.xml');
      await writeFile(original, text);
      const { detections, links } = change(await readTrackMate(original, options));
      const path = join(folder, 'written.xml');
      const context = { ...CONTEXT, original };
      const { notes } = await writeTrackMate(path, buildLineage(detections, links), context);
      expect((await readdir(folder)).sort()).toEqual(['original.xml', 'written.xml']);
      return { text: await readFile(path, 'utf8'), notes, tracks: await readTrackMate(path, { all: true }) };
    });
  }

  /** Without the links that `drop` is true for. */
  const without = (tracks: Tracks, drop: (k: number) => boolean): Pick<Tracks, 'detections' | 'links'> => {
    const kept = Array.from({ length: tracks.links.count }, (_, k) => k).filter((k) => !drop(k));
    const { source, target, cost, prob } = tracks.links;
    return {
      detections: tracks.detections,
      links: {
        count: kept.length,
        source: Int32Array.from(kept, (k) => source[k]),
        target: Int32Array.from(kept, (k) => target[k]),
        cost: Float32Array.from(kept, (k) => cost[k]),
        prob: Float32Array.from(kept, (k) => prob[k]),
      },
    };
  };

  const odd = session()
    .replace('<SpotsInFrame frame="1">', '<SpotsInFrame frame="1">\n\t<!-- mine -->  ')
    .replace(
      /<Spot ID="10"([^>]*)\/>/,
      '<Spot ID="10"$1 ROI_N_POINTS="2" FATE="µ &amp; more">0.5 1 1 0.5</Spot>',
    )
    .replaceAll('\n', '\r\n');

  it('gives back every byte where nothing has changed', async () => {
    expect((await over(odd, (tracks) => tracks)).text).toBe(odd);
    expect((await over(odd, (tracks) => tracks, { all: true })).text).toBe(odd);
  });

  it('takes out a track whose link is gone, and keeps the spots and the rest of the file', async () => {
    const { text, notes, tracks } = await over(odd, (read) => without(read, () => true));
    expect(text).toBe(
      odd.replace(/<Track name="Track_7"[\s\S]*?<\/Track>/, '').replace('<TrackID TRACK_ID="7" />', ''),
    );
    expect(notes).toEqual([
      'trackmate: carried over from original.xml: 6 of 6 spots, 1 of 2 tracks; new: 0 spots, 0 tracks',
    ]);
    expect(tracks.links.count).toBe(1);
  });

  it('takes out visible spots that are gone, keeps hidden ones, adds new ones with new numbers', async () => {
    const { tracks, text } = await over(session(), ({ detections: d, links }) => {
      // Spot 30 moves and goes into frame 2: it is another one.
      d.t[2] = 2;
      d.x[2] = 9.5;
      return { detections: d, links };
    });
    expect([...tracks.sourceId]).toEqual([10, 20, 11, 21, 31, 32]);
    expect([tracks.detections.t[5], tracks.detections.x[5]]).toEqual([2, 9.5]);
    expect(text).toContain('<AllSpots nspots="6">');
    expect(text).not.toContain('ID="30"');
  });

  it('joins tracks into a new one with the own edges of both', async () => {
    const edges = (k: number): string =>
      `<Edge SPOT_SOURCE_ID="${k}" SPOT_TARGET_ID="${k + 1}" LINK_COST="1" MINE="${k}" />`;
    const spots = [0, 1, 2, 3]
      .map((t) => `<SpotsInFrame frame="${t}">${spot(t, t, t)}</SpotsInFrame>`)
      .join('');
    const tracks = `<Track TRACK_ID="4">${edges(0)}</Track><Track TRACK_ID="5">${edges(2)}</Track>`;
    const filtered =
      '<FilteredTracks>\n<TrackID TRACK_ID="4" />\n<TrackID TRACK_ID="5" />\n</FilteredTracks>';
    const { text, notes } = await over(session({ spots, tracks, filtered }), ({ detections }) => {
      return {
        detections,
        links: makeLinks([
          [0, 1],
          [1, 2],
          [2, 3],
        ]),
      };
    });
    expect(inside(text, 'AllTracks').filter((line) => line !== '')).toEqual([
      '<AllTracks>',
      '<Track name="Track_6" TRACK_INDEX="6" TRACK_ID="6">',
      edges(0),
      '<Edge SPOT_SOURCE_ID="1" SPOT_TARGET_ID="2" LINK_COST="-1" />',
      edges(2),
      '</Track></AllTracks>',
    ]);
    expect(inside(text, 'FilteredTracks')).toEqual([
      '<FilteredTracks>',
      '<TrackID TRACK_ID="6" />',
      '</FilteredTracks>',
    ]);
    expect(notes[0]).toMatch(/0 of 2 tracks; new: 0 spots, 1 tracks/);
  });

  it('fills empty lists of spots and tracks', async () => {
    const empty = session({ spots: '@', tracks: '@', filtered: '<FilteredTracks />' })
      .replace(
        '<AllSpots nspots="6">@</AllSpots>',
        '<AllSpots nspots="0"><SpotsInFrame frame="2" /></AllSpots>',
      )
      .replace('<AllTracks>@</AllTracks>', '<AllTracks />');
    const { text, tracks } = await over(empty, () => division);
    expect(pairsOf(tracks.links)).toEqual(pairsOf(division.links));
    expect([...tracks.detections.t]).toEqual([...division.detections.t]);
    expect(text).toMatch(/<AllSpots nspots="6"><SpotsInFrame frame="2">\s*<Spot /);
    expect(text).toMatch(/<FilteredTracks>\s*<TrackID TRACK_ID="0" \/>\s*<\/FilteredTracks>/);
  });

  it('writes anew where the original has no lists', async () => {
    const bare = '<TrackMate version="7"><Model spatialunits="pixel"/></TrackMate>';
    const { text, tracks } = await over(bare, () => division);
    expect(text).toContain('spatialunits="micron"');
    expect(tracks.links.count).toBe(5);
  });

  it('holds the graph of random lineages after random cuts', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryLineage, fc.infiniteStream(fc.boolean()), async (movie, cuts) => {
        await withFolder(async (folder) => {
          const [original, path] = [join(folder, 'original.xml'), join(folder, 'written.xml')];
          await writeTrackMate(original, buildLineage(movie.detections, movie.links), CONTEXT);
          const read = await readTrackMate(original);
          const cut = without(read, () => cuts.next().value === true);
          const lineage = buildLineage(cut.detections, cut.links);
          await writeTrackMate(path, lineage, { ...CONTEXT, original });
          const again = await readTrackMate(path);
          expect(again.detections).toEqual(read.detections);
          expect(pairsOf(again.links)).toEqual(pairsOf(cut.links));
        });
      }),
      { numRuns: 8 },
    );
  });

  it('writes in the units of the original', async () => {
    const text = session({ units: 'spatialunits="nm" timeunits="sec"' });
    const written = await over(text, ({ detections: d, links }) => {
      d.x[2] = 0.25;
      return { detections: d, links };
    });
    expect(written.text).toMatch(/<Spot ID="32"[^>]* POSITION_X="250" [^>]*POSITION_T="2" [^>]*RADIUS="3" /);
  });
});

describe.skipIf(reason !== '')(`the TrackMate files of the fixtures${reason}`, () => {
  it.each([
    ['geff', false, 94, 82],
    ['geff', true, 107, 89],
    ['mastodon', false, 84, 82],
  ])('%s, all %s: read, written over and anew, read again', async (name, all, nSpots, nEdges) => {
    const original = join(data, 'fixtures', name, 'FakeTracks.xml');
    const read = await readTrackMate(original, { all });
    expect([read.detections.count, read.links.count, read.nFrames]).toEqual([nSpots, nEdges, 50]);
    await withFolder(async (folder) => {
      const path = join(folder, 'written.xml');
      const lineage = buildLineage(read.detections, read.links);
      await writeTrackMate(path, lineage, { ...CONTEXT, original });
      expect((await readFile(path)).equals(await readFile(original))).toBe(true);
      await writeTrackMate(path, lineage, CONTEXT);
      const again = await readTrackMate(path);
      expect(again.detections).toEqual(read.detections);
      expect(pairsOf(again.links)).toEqual(pairsOf(read.links));
    });
  });
});
