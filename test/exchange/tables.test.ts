import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  countTable,
  divisionTable,
  nodeTable,
  trackletTable,
  writeReadme,
  writeTables,
} from '../../src/exchange/index.ts';
import { buildLineage } from '../../src/lineage/index.ts';
import { division, emptyMovie, loneDetection, twoGenerations } from '../cases/index.ts';
import { withFolder } from './helpers.ts';

const scale = { timeStep: 60 };
const lineage = buildLineage(division.detections, division.links);
const rows = (blocks: string[]): string[] => blocks.join('').trimEnd().split('\n');

describe('nodeTable', () => {
  it('writes one row a detection, empty for none', () => {
    expect(rows(nodeTable(lineage, scale))).toEqual([
      'node,frame,time_s,z_um,y_um,x_um,label,tracklet,lineage,parent,prob,area_um2,radius_um,mean_intensity_c0,touches_border,rescued',
      '0,0,0,0,10,10,1,1,1,,0.9,12.5664,2,100,0,0',
      '1,1,60,0,10.1,10.3,1,1,1,0,0.9,12.5664,2,101,0,0',
      '2,2,120,0,7.9,11.1,1,2,1,1,0.9,12.5664,2,102,0,0',
      '3,2,120,0,12.4,10.4,2,3,1,1,0.9,12.5664,2,103,0,0',
      '4,3,180,0,6.7,11.5,1,2,1,2,0.9,12.5664,2,104,0,0',
      '5,3,180,0,13.5,10.2,2,3,1,3,0.9,12.5664,2,105,0,0',
    ]);
  });

  it('names the size a volume in 3D', () => {
    const solid = buildLineage({ ...loneDetection.detections, ndim: 3 }, loneDetection.links);
    expect(rows(nodeTable(solid, scale))[0]).toContain(',volume_um3,radius_um,');
  });
});

describe('trackletTable', () => {
  it('writes durations in seconds and speeds in micrometres per second', () => {
    expect(rows(trackletTable(lineage, scale))).toEqual([
      'tracklet,lineage,parent_tracklet,first_frame,last_frame,duration_s,n_nodes,n_daughters,displacement_um,mean_speed_um_per_s,confidence',
      '1,1,,0,1,60,2,2,0.3162,0.00527046,',
      '2,1,1,2,3,60,2,0,1.2649,0.0210819,',
      '3,1,1,2,3,60,2,0,1.118,0.0186339,',
    ]);
  });
});

describe('divisionTable', () => {
  it('writes parent, daughters, axis and angle', () => {
    const table = rows(divisionTable(lineage, scale));
    expect(table).toEqual([
      'parent_node,daughter_a,daughter_b,frame,time_s,prob,axis_z,axis_y,axis_x,angle_deg,cell_cycle_s',
      '1,2,3,1,60,,0,-0.9881,0.1537,98.84,',
    ]);
  });

  it('writes the probability of the division as a whole where the linker gives one', () => {
    const unknown = (): Float32Array => new Float32Array(6).fill(Number.NaN);
    const divides = unknown();
    divides[1] = 0.875;
    const probOf = (known: Float32Array): string =>
      rows(
        divisionTable(lineage, {
          ...scale,
          certainty: { begins: unknown(), ends: unknown(), divides: known },
        }),
      )[1]!.split(',')[5]!;
    expect(probOf(divides)).toBe('0.875');
    expect(probOf(unknown())).toBe('');
  });

  it('gives a cell cycle to cells that were born and divide', () => {
    const two = buildLineage(twoGenerations.detections, twoGenerations.links);
    const cycles = rows(divisionTable(two, scale))
      .slice(1)
      .map((row) => row.split(',').at(-1));
    expect(cycles[0]).toBe('');
    expect(cycles.slice(1).every((cycle) => Number(cycle) > 0)).toBe(true);
    expect(cycles.length).toBeGreaterThan(1);
  });
});

describe('countTable', () => {
  it('has a row for every frame of the movie', () => {
    expect(rows(countTable(lineage, { ...scale, nFrames: 5 }))).toEqual([
      'frame,time_s,n_cells,n_divisions,n_appearing,n_disappearing',
      '0,0,1,0,0,0',
      '1,60,1,1,0,0',
      '2,120,2,0,0,0',
      '3,180,2,0,0,2',
      '4,240,0,0,0,0',
    ]);
  });
});

describe('writeTables', () => {
  it('leaves four tables and nothing else', async () => {
    await withFolder(async (folder) => {
      await writeTables(folder, buildLineage(emptyMovie.detections, emptyMovie.links), {
        ...scale,
        nFrames: 2,
      });
      expect((await readdir(folder)).sort()).toEqual([
        'counts.csv',
        'divisions.csv',
        'nodes.csv',
        'tracklets.csv',
      ]);
      const counts = await readFile(`${folder}/counts.csv`, 'utf8');
      expect(counts.split('\n').slice(1)).toEqual(['0,0,0,0,0,0', '1,60,0,0,0,0', '']);
    });
  });
});

describe('writeReadme', () => {
  const context = { ...scale, name: 'a movie\n= 1', voxelSize: [2, 0.5, 0.25] as const };
  const solid = buildLineage({ ...division.detections, ndim: 3 }, division.links);

  /** Name, unit and meaning of the columns that a README.txt explains, by file. */
  function explained(text: string): Record<string, string[][]> {
    const found: Record<string, string[][]> = {};
    let columns: string[][] = [];
    for (const line of text.split('\n')) {
      const file = /^(\S+\.csv): one row a /.exec(line)?.[1];
      if (file !== undefined) columns = found[file] = [];
      const cells = /^ {2}(\S+) +(\S.*?) {2,}(\S.*)$/.exec(line);
      if (cells) columns.push(cells.slice(1));
    }
    return found;
  }

  it.each([
    ['2D', lineage],
    ['3D', solid],
  ])('explains every column of the tables with its unit, in %s', async (_, of) => {
    await withFolder(async (folder) => {
      await writeTables(join(folder, 'tables'), of, context);
      const text = await readFile(await writeReadme(folder, of, context, 'tables/'), 'utf8');
      const about = explained(text);
      const names = (await readdir(join(folder, 'tables'))).sort();
      expect(Object.keys(about).sort()).toEqual(names.map((name) => `tables/${name}`));
      for (const name of names) {
        const header = (await readFile(join(folder, 'tables', name), 'utf8')).split('\n')[0]!.split(',');
        const columns = about[`tables/${name}`]!;
        expect(columns.map(([column]) => column)).toEqual(header);
        // A name that ends in a unit has that unit.
        for (const [column, unit] of columns) {
          const suffix = /_(s|um|um2|um3|um_per_s|deg)$/.exec(column!)?.[1];
          const units = { um2: 'um^2', um3: 'um^3', um_per_s: 'um/s', deg: 'degrees' };
          if (suffix) expect(unit).toBe(units[suffix as keyof typeof units] ?? suffix);
        }
      }
    });
  });

  it('says what movie it is, and the scale, on short lines', async () => {
    await withFolder(async (folder) => {
      const text = await readFile(await writeReadme(folder, solid, context), 'utf8');
      expect(text).toMatch(/^Cells of a movie = 1 and their lineage, as morula found them\.\n/);
      expect(text.replaceAll('\n', ' ')).toContain(
        'a pixel is 2 x 0.5 x 0.25 um (z, y, x). Times are in seconds (s); a frame is 60 s.',
      );
      expect(text).toMatch(/^nodes\.csv: /m);
      expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
    });
  });
});
