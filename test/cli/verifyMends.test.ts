import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { obey } from '../helpers/obey.ts';
import { tempFolder } from '../helpers/tempFolder.ts';
import { makeTinyJob } from '../helpers/tinyJob.ts';
import { contentOf, here } from './morula.ts';

const root = join(tempFolder(), "a lab's disk");
const whole = join(root, 'of lap');
const planned = join(root, 'of a plan');
const constrained = join(root, 'of constraints');
const known = join(root, 'known.jsonl');
const truth = new Map<string, Record<string, string>>();
let network = '';

/** Options of both halves, none of them a default. */
const SEGMENT = '--prob-threshold 0.6 --nms-threshold 0.35 --ome-zarr 0.4'.split(' ');
const LINK = '--linker lap --max-distance 30 --max-frame-interval 3 --no-divisions'.split(' ');

beforeAll(async () => {
  mkdirSync(root, { recursive: true });
  const job = makeTinyJob(root, 4);
  const track = job.track(whole);
  network = track[track.indexOf('--model') + 1]!;
  writeFileSync(known, '{"constraint": "must-link", "source": "1.1", "target": "2.1"}\n');
  const planArgs = job.track(planned).filter((word) => word !== '--workers' && word !== '1');
  for (const args of [
    [...track, ...SEGMENT, ...LINK],
    ['plan', ...planArgs.slice(1), ...SEGMENT, ...LINK, '--frames-per-task', '4'],
    ['segment', '-o', planned, '--index', '0', '--workers', '1', '--quiet'],
    ['link', planned, '--planned', '--quiet'],
    [...job.track(constrained, 'segment'), ...SEGMENT],
    ['link', constrained, '--constraints', known, '--quiet'],
  ])
    expect(await here(...args)).toMatchObject({ code: 0, stderr: '' });
  for (const result of [whole, planned, constrained]) truth.set(result, contentOf(result));
}, 240_000);

const flaws = async (result: string): Promise<{ what: string; mend: string }[]> =>
  JSON.parse((await here('verify', result, '--deep', '--json')).stdout).flaws;

const turn = (path: string): void => {
  const bytes = readFileSync(path);
  bytes[bytes.length >> 1]! ^= 1;
  writeFileSync(path, bytes);
};

describe('verify', { timeout: 240_000 }, () => {
  it.each([
    ['a frame', whole, 'labels/cells/0/2/0/0'],
    ['a frame', planned, 'labels/cells/0/2/0/0'],
    ['a frame', constrained, 'labels/cells/0/2/0/0'],
    ['links', whole, 'links.bin'],
    ['links', constrained, 'links.bin'],
    ['a table', planned, 'tables/nodes.csv'],
  ])('names a command that mends %s of "%s" with the options it was made with', async (_, result, path) => {
    turn(join(result, path));
    const found = await flaws(result);
    expect(found).toMatchObject([{ what: expect.stringContaining(path) }]);
    await obey(found[0]!.mend, { '<model>': network, '<their file>': known });
    expect(await flaws(result)).toEqual([]);
    expect(contentOf(result)).toEqual(truth.get(result));
  });

  it('leaves out what the movie, the model and the linker say by themselves', async () => {
    const copy = join(root, 'plain');
    cpSync(whole, copy, { recursive: true });
    rmSync(join(copy, 'links.json'));
    const [flaw] = await flaws(copy);
    expect(flaw!.mend).toBe(`morula link '${copy.replace("'", "'\\''")}' ${LINK.join(' ')}`);
  });

  it('finds a session of TrackMate that is kept and was changed, and mends it', async () => {
    const [session, result] = [join(root, 'session.xml'), join(root, 'imported')];
    await here('export', whole, '--format', 'trackmate', '-o', session, '--quiet');
    expect(await here('import', session, '-o', result, '--quiet')).toMatchObject({ code: 0 });
    expect(await flaws(result)).toEqual([]);
    turn(join(result, 'original.xml'));
    const found = await flaws(result);
    expect(found).toMatchObject([{ what: expect.stringContaining('original.xml must have the checksum') }]);
    await obey(found[0]!.mend, { '<tracks>': session });
    expect(await flaws(result)).toEqual([]);
    expect(readFileSync(join(result, 'original.xml'))).toEqual(readFileSync(session));
    // Without --overwrite, too.
    turn(join(result, 'original.xml'));
    expect(await here('import', session, '-o', result, '--quiet')).toMatchObject({ code: 0 });
    expect(await flaws(result)).toEqual([]);
  });

  it('finds a plan that was changed, and mends it', async () => {
    const path = join(planned, 'plan.json');
    writeFileSync(path, readFileSync(path, 'utf8').replace('"lap"', '"lop"'));
    const found = await flaws(planned);
    expect(found).toMatchObject([{ what: 'plan.json must be as it was written, it is not' }]);
    await obey(found[0]!.mend, { '<model>': network, '<their file>': known });
    expect(await flaws(planned)).toEqual([]);
    expect(await here('missing', planned, '--stage', 'link')).toMatchObject({ code: 0, stdout: '' });
  });
});
