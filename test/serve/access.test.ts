import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveResult, type ViewServer } from '../../src/serve/index.ts';
import { type Client, openClient, sendRaw } from '../helpers/client.ts';
import { makeEditable, makePage } from '../helpers/editable.ts';
import { tempFolder } from '../helpers/tempFolder.ts';

const root = tempFolder();
const result = join(root, 'r');
let server: ViewServer;
let client: Client;
const authorised = (): Record<string, string> => ({
  authorization: `Bearer ${new URL(server.url).searchParams.get('token')}`,
});
const origin = (): string => `http://127.0.0.1:${server.port}`;
const command = { do: 'name', node: '0.1', name: 'a' };
const unchanged = async (): Promise<void> => {
  expect(await (await client.get('/api/edits')).json()).toMatchObject({ seq: 0 });
};

beforeAll(async () => {
  mkdirSync(result);
  await makeEditable(result);
  const page = makePage(root);
  mkdirSync(`${page}-private`);
  writeFileSync(`${page}-private/secret.html`, 'secret');
  writeFileSync(join(page, '.hidden.html'), 'hidden');
  symlinkSync(join(root, 'secret.html'), join(page, 'link.html'));
  server = await serveResult(result, { port: 0, page });
  client = await openClient(server);
});
afterAll(async () => server?.close());

/** Targets that make careless servers give away what lies outside their folder, or fall over. */
const TARGETS = [
  '/../secret.html',
  '/../../../../../../../../etc/passwd',
  '/%2e%2e/secret.html',
  '/..%2fsecret.html',
  '/%2e%2e%2fsecret.html',
  '/%252e%252e%252fsecret.html',
  '/..\\secret.html',
  '/..%5csecret.html',
  '/a.js/../../secret.html',
  '/../page-private/secret.html',
  '//etc/passwd',
  '/link.html',
  '/a.js%00.html',
  '/%00',
  '/%',
  '/%c0%ae%c0%ae/secret.html',
  'file:///etc/passwd',
  'http://elsewhere.example/',
];

describe('serveResult', () => {
  it.each(TARGETS)('gives nothing away to a request for %s, and lives on', async (target) => {
    const said = await sendRaw(
      server.port,
      `GET ${target} HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nConnection: close\r\n\r\n`,
    );
    expect([400, 404, 401, 403]).toContain(said.status);
    expect(said.body).not.toMatch(/secret$|root:|hidden/);
    expect((await client.get('/')).status).toBe(200);
  });

  it.each([
    ['nothing', ''],
    ['no HTTP', 'hello\r\n\r\n'],
    ['a body without end', 'POST /api/edits HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'],
    ['two lengths', 'POST /api/edits HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na'],
    ['headers of 100 kB', `GET / HTTP/1.1\r\nHost: x\r\nA: ${'a'.repeat(100_000)}\r\n\r\n`],
    [
      'an upgrade',
      'GET /api/events HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    ],
  ])('outlives %s', async (_name, text) => {
    if (text !== '')
      await sendRaw(server.port, text.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n')).catch(() => null);
    expect((await client.get('/api/info')).status).toBe(200);
  });

  it.each(['evil.example', 'evil.example:80', '127.0.0.1', 'localhost:1', '127.0.0.1.evil.example:80', ''])(
    'refuses a request for the host "%s" on every route',
    async (host) => {
      for (const path of ['/', '/api/info', '/api/events', '/api/edits', '/a.js']) {
        const said = await sendRaw(
          server.port,
          `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: ${authorised().authorization}\r\nConnection: close\r\n\r\n`,
        );
        expect(said.status).toBe(403);
      }
    },
  );

  it('gives data to the session alone; the page, which holds none, to anybody', async () => {
    for (const path of [
      '/api/info',
      '/api/table/nodes',
      '/api/labels?t=0&z=0',
      '/api/edits',
      '/api/events',
      '/api/x',
    ]) {
      expect((await fetch(origin() + path)).status).toBe(401);
      const guess = { authorization: 'Bearer 00000000000000000000000000000000' };
      expect((await fetch(origin() + path, { headers: guess })).status).toBe(401);
      const cookie = { cookie: `morula_${server.port}=00000000000000000000000000000000` };
      expect((await fetch(origin() + path, { headers: cookie })).status).toBe(401);
    }
    expect((await fetch(`${origin()}/`)).status).toBe(200);
    expect((await client.get('/api/info')).status).toBe(200);
    expect((await fetch(`${origin()}/api/info`, { headers: authorised() })).status).toBe(200);
  });

  it('trades the token for a cookie that no script reads, and takes it out of the address', async () => {
    const answer = await fetch(`${server.url}&t=3`, { redirect: 'manual' });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/?t=3']);
    const cookie = answer.headers.get('set-cookie')!;
    expect(cookie).toMatch(/^morula_\d+=[0-9a-f]{32}; HttpOnly; SameSite=Strict; Path=\/$/);
    expect(cookie).not.toContain(new URL(server.url).searchParams.get('token'));
    const wrong = await fetch(`${origin()}/?token=12`, { redirect: 'manual' });
    expect([wrong.status, wrong.headers.get('set-cookie')]).toEqual([401, null]);
    expect(new URL(server.url).searchParams.get('token')).toMatch(/^[0-9a-f]{32}$/);
  });

  it('lets the browser that it starts in once, by an address of its own', async () => {
    const address = server.urlForOnce();
    expect(address).toMatch(/\?token=[0-9a-f]{32}$/);
    expect(address).not.toBe(server.url);
    expect(server.urlForOnce()).not.toBe(address);
    const ask = async () => (await fetch(address, { redirect: 'manual' })).status;
    const bearer = { authorization: `Bearer ${new URL(address).searchParams.get('token')}` };
    expect((await fetch(`${origin()}/api/info`, { headers: bearer })).status).toBe(401);
    expect([await ask(), await ask(), await ask()]).toEqual([303, 401, 401]);
    expect((await fetch(server.url, { redirect: 'manual' })).status).toBe(303);
  });

  it.each([
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
    ['plain text', { 'content-type': 'text/plain' }, 415],
    ['no type', { 'content-type': '' }, 415],
    ['no header of ours', { 'x-morula': '' }, 403],
    ['another origin', { origin: 'https://evil.example' }, 403],
    ['another port', { origin: 'http://127.0.0.1:1' }, 403],
    ['a sandboxed page', { origin: 'null' }, 403],
    ['another site', { 'sec-fetch-site': 'cross-site' }, 403],
    ['another port of this site', { 'sec-fetch-site': 'same-site' }, 403],
    ['no cookie', { cookie: '' }, 401],
  ])('refuses an edit that comes from %s', async (_name, headers, status) => {
    const answer = await client.post('/api/edits', { id: 'x', command }, headers);
    expect(answer.status).toBe(status);
    await unchanged();
  });

  it('refuses an edit of a browser that does not say where it comes from', async () => {
    const cookie = (await fetch(server.url, { redirect: 'manual' })).headers
      .get('set-cookie')!
      .split(';')[0]!;
    const answer = await fetch(`${origin()}/api/edits`, {
      method: 'POST',
      headers: { cookie, 'x-morula': '1', 'content-type': 'application/json' },
      body: JSON.stringify({ id: 'x', command }),
    });
    expect(answer.status).toBe(403);
    await unchanged();
  });

  it.each(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])('changes nothing by %s', async (method) => {
    for (const path of ['/api/edits?id=x', '/api/undo', '/api/redo', '/api/save']) {
      const answer = await fetch(origin() + path, { method, headers: { ...authorised(), 'x-morula': '1' } });
      expect(answer.status).not.toBe(204);
      expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    }
    await unchanged();
  });

  it('listens on 127.0.0.1 alone, on no other address of this machine', async () => {
    const own = Object.values(networkInterfaces()).flatMap((those) => those ?? []);
    const others = own.map(({ address }) => address).filter((address) => address !== '127.0.0.1');
    // All of 127.0.0.0/8 is this machine on Linux.
    if (process.platform === 'linux') others.push('127.0.0.2');
    for (const host of others) {
      const how = await new Promise<string>((done) => {
        const socket = connect({ host, port: server.port }, () => done('connected'));
        socket.on('error', ({ message }) => done(message));
        socket.setTimeout(20_000, () => done('silent'));
        socket.on('close', () => socket.destroy());
      });
      expect([host, how]).toEqual([host, expect.not.stringMatching('connected')]);
    }
    expect(others.length).toBeGreaterThan(0);
  });

  it('lets no other page read or frame anything', async () => {
    for (const path of ['/', '/api/info', '/api/nothing']) {
      const { headers } = await client.get(path);
      expect(headers.get('content-security-policy')).toMatch(/default-src 'self'.*frame-ancestors 'none'/);
      expect(headers.get('content-security-policy')).not.toMatch(/script-src|unsafe-eval/);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
    }
    const from = async (path: string, mode: string, dest: string): Promise<number> => {
      const heads = { Host: `127.0.0.1:${server.port}`, Authorization: authorised().authorization };
      const fetched = { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': mode, 'Sec-Fetch-Dest': dest };
      const lines = Object.entries({ ...heads, ...fetched, Connection: 'close' }).map((pair) =>
        pair.join(': '),
      );
      return (await sendRaw(server.port, `GET ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`)).status;
    };
    expect(await from('/', 'no-cors', 'image')).toBe(403);
    expect(await from('/', 'navigate', 'iframe')).toBe(403);
    expect(await from('/api/info', 'navigate', 'document')).toBe(403);
    // A link in a mail may lead to the page, which then asks for its data itself.
    expect(await from('/', 'navigate', 'document')).toBe(200);
  });
});
