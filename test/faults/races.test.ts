import { cpSync, existsSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { serveResult, type ViewServer } from '../../src/serve/index.ts';
import { contentOf, here, start } from '../cli/morula.ts';
import { type Client, openClient } from '../helpers/client.ts';
import { makePage } from '../helpers/editable.ts';
import { LONG } from '../helpers/points.ts';
import { tempFolder } from '../helpers/tempFolder.ts';
import { mountTinyDisk, type TinyDisk } from '../helpers/tinyDisk.ts';
import { makeTinyJob, type TinyJob } from '../helpers/tinyJob.ts';

/** How often a race is run: more by `npm run test:long`. */
const ROUNDS = LONG ? 25 : 2;

/** Tables of a result that a page asks for. */
const LOOKED_AT = ['nodes', 'tracklets', 'certainty'];

const folder = tempFolder();
const whole = join(folder, 'whole');
const result = join(folder, 'r');
let job: TinyJob;
let truth: Record<string, string>;

beforeAll(async () => {
  job = makeTinyJob(folder);
  expect(await here(...job.track(whole))).toMatchObject({ code: 0, stderr: '' });
  truth = contentOf(whole);
}, 180_000);

describe('several processes on one result', () => {
  it('give the bytes of one, whichever of them did which frame', { timeout: 600_000 }, async () => {
    for (let round = 0; round < ROUNDS; round++) {
      rmSync(result, { recursive: true, force: true });
      // Without --frames a run waits for nobody; slices of the same frames do not know of each other.
      const slice = [...job.track(result, 'segment'), '--frames', `0:${job.nFrames}`];
      const ended = await Promise.all(Array.from({ length: 4 }, () => start(slice).ended));
      for (const { code, stderr } of ended) expect([code, stderr]).toEqual([0, '']);
      expect(await here(...job.track(result))).toMatchObject({ code: 0, stderr: '' });
      expect((await here('verify', result, '--deep')).code).toBe(0);
      expect(contentOf(result)).toEqual(truth);
    }
  });

  it('never mix two jobs: one of them is refused', { timeout: 600_000 }, async () => {
    for (let round = 0; round < ROUNDS; round++) {
      rmSync(result, { recursive: true, force: true });
      const other = [...job.track(result), '--prob-threshold', '0.9'];
      const ended = await Promise.all([job.track(result), other].map((args) => start(args).ended));
      const codes = ended.map(({ code }) => code);
      expect(codes.filter((code) => code === 0)).toHaveLength(1);
      expect([75, 78]).toContain(codes.find((code) => code !== 0));
      if (codes[0] === 0) expect(contentOf(result)).toEqual(truth);
      expect((await here('verify', result, '--deep')).code).toBe(0);
    }
  });
});

describe('a viewer of a result that is linked again and again, and killed at it', () => {
  it('is told of one linking or of the other, never of a mixture', { timeout: 600_000 }, async () => {
    const link = (linker: string): string[] => ['link', result, '--linker', linker, '--quiet'];
    const serve = (): Promise<ViewServer> => serveResult(result, { port: 0, page: makePage(folder) });
    /** A table as a page gets it, or why not. */
    const look = async (client: Client, name: string): Promise<string> => {
      const answer = await client.get(`/api/table/${name}`);
      const bytes = Buffer.from(await answer.arrayBuffer());
      return answer.status === 200 ? bytes.toString('base64') : `${answer.status} ${bytes}`;
    };
    rmSync(result, { recursive: true, force: true });
    cpSync(whole, result, { recursive: true });
    const known = new Map<string, Set<string>>();
    for (const linker of ['lap', 'global']) {
      expect((await here(...link(linker))).code).toBe(0);
      const server = await serve();
      const client = await openClient(server);
      for (const name of LOOKED_AT)
        known.set(name, (known.get(name) ?? new Set()).add(await look(client, name)));
      await server.close();
    }
    expect(Math.max(...[...known.values()].map(({ size }) => size))).toBe(2);
    const server = await serve();
    const client = await openClient(server);
    const seen: string[] = [];
    let over = false;
    const looking = (async () => {
      while (!over) for (const name of LOOKED_AT) seen.push(`${name} ${await look(client, name)}`);
    })();
    try {
      for (let round = 0; round < ROUNDS * 4; round++) {
        const { child, ended } = start(link(round % 2 === 0 ? 'lap' : 'global'));
        const marker = join(result, 'links.json');
        const before = existsSync(marker) ? statSync(marker).mtimeMs : 0;
        const moved = (): boolean => (existsSync(marker) ? statSync(marker).mtimeMs : 0) !== before;
        while (!moved() && child.exitCode === null) await pause(2);
        await pause((round * 7) % 40);
        if (round % 4 !== 3) child.kill('SIGKILL');
        await ended;
      }
      expect((await here(...link('lap'))).code).toBe(0);
    } finally {
      over = true;
      await looking;
      await server.close();
    }
    const torn = seen.filter((line) => {
      const [name, text] = [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)];
      return !known.get(name)!.has(text);
    });
    expect(torn.map((line) => line.slice(0, 300))).toEqual([]);
    expect(new Set(seen).size).toBeGreaterThan(LOOKED_AT.length);
  });
});

describe('a result whose files have other times', { timeout: 120_000 }, () => {
  it.each([0, 4_000_000_000])('stands as it is (%i s after 1970)', async (seconds) => {
    rmSync(result, { recursive: true, force: true });
    cpSync(whole, result, { recursive: true });
    for (const name of readdirSync(result, { recursive: true, encoding: 'utf8' }))
      utimesSync(join(result, name), seconds, seconds);
    const { code, stdout } = await here(...job.track(result));
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { kept: job.nFrames, segmented: 0 }]);
    expect(statSync(join(result, 'links.json')).mtimeMs).toBe(seconds * 1000);
    expect(contentOf(result)).toEqual(truth);
  });
});

describe('a disk that can only be read', { timeout: 120_000 }, () => {
  let disk: TinyDisk | null = null;
  afterEach(() => disk?.remove());

  it('ends with 74 before any frame, and changes nothing (needs a mount: root)', async ({ skip }) => {
    disk = mountTinyDisk(8000);
    if (disk === null) return skip('a disk can be mounted by root alone');
    const target = join(disk.folder, 'r');
    cpSync(whole, target, { recursive: true });
    rmSync(join(target, 'frames/000003.json'));
    disk.freeze();
    for (const args of [
      job.track(target),
      job.track(join(disk.folder, 'new')),
      ['link', target, '--overwrite'],
    ]) {
      const { code, stderr } = await here(...args);
      expect([code, stderr]).toEqual([
        74,
        expect.stringMatching(
          /^morula: [^\n]* cannot be written: the disk is read-only; choose another place\n$/,
        ),
      ]);
    }
    expect((await here('verify', target)).code).toBe(65);
  });
});

describe('serveResult', () => {
  it('outlives a thousand connections that say nothing, in bounded memory', async () => {
    const server = await serveResult(whole, { port: 0, page: makePage(folder) });
    try {
      const client = await openClient(server);
      const before = process.memoryUsage().rss;
      const sockets = await Promise.all(Array.from({ length: 1000 }, () => idleSocket(server.port)));
      expect(process.memoryUsage().rss - before).toBeLessThan(200e6);
      for (const socket of sockets) socket.destroy();
      await expect.poll(async () => (await client.get('/api/info').catch(() => null))?.status).toBe(200);
    } finally {
      await server.close();
    }
  });
});

/** A connection that begins a request and does not go on; the server may close it. */
function idleSocket(port: number): Promise<Socket> {
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write('GET / HTTP/1.1\r\nHost: 127');
      done(socket);
    });
    socket.on('error', () => done(socket));
  });
}
