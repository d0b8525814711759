import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { packageRoot } from '../codec/packageRoot.ts';
import { type ErrorTag, isMorulaError, MorulaError } from '../errors/index.ts';
import { type Access, createAccess } from './access.ts';
import { postEdit, postResolve } from './edits.ts';
import { createStreams, type EventStreams } from './events.ts';
import { postExport } from './exportTracks.ts';
import { loadPage, type StaticFile } from './files.ts';
import { failure, json, type Reply, send } from './reply.ts';
import { answer } from './routes.ts';
import { openSource, type ViewSource } from './source.ts';

/** A viewer being served. */
export interface ViewServer {
  /** What to open: carries the token that lets its browser in. */
  url: string;
  /** The same for a browser that is started with it as an argument, which others can see: it opens once. */
  urlForOnce(): string;
  port: number;
  close(): Promise<void>;
}

/** Ports tried after the wanted one, when it is taken. */
const MORE_PORTS = 20;

/**
 * Serves the viewer of a result on 127.0.0.1, for this machine's user alone (see `createAccess` for the rules), and takes
 * edits:
 *
 * - `POST /api/edits` `{ id, base?, by?, view?, command }`: an edit (`Command`); `id` is the client's, and the same id
 *   is the same edit; `base` is the last entry that the client has seen
 * - `POST /api/undo`, `POST /api/redo` `{ id, base?, by?, view?, seq? }`: of entry `seq`, or of the newest
 * - `POST /api/resolve` `{ near }`: what the linker would change around a detection (`Resolved`); to accept is to post
 *   `relink` of it, to reject is to do nothing
 * - `POST /api/save`: graph and tables are written with the edits, `{ seq }`; the end of the server does so, too
 * - `GET /api/events`: server-sent events, see `EventStreams`
 *
 * An edit is answered when it is durable: 200 `{ seq, entry, effect, replayed, undo, redo }`; 409 `{ error, seq,
 * entries, undo, redo }` where another client was first, with the entries after `base`; 422 where the lineage's rules
 * refuse it; 423 where another process edits this result; 507 where the storage failed, and then nothing is recorded.
 *
 * @param options.port 0 = any free one; a taken port moves on to the next
 * @param options.page folder of the page, default the built viewer
 */
export async function serveResult(
  folder: string,
  options: { port: number; page?: string },
): Promise<ViewServer> {
  const page = await loadPage(options.page ?? join(packageRoot(), 'dist', 'viewer'));
  if (!page.has('/')) {
    throw new MorulaError('not-found', 'view: the page is not built; run: npm run build');
  }
  const source = await openSource(folder);
  const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000, maxHeaderSize: 16_384 });
  server.maxConnections = 512;
  const port = await listen(server, options.port);
  const site: Site = { source, page, access: createAccess(port), streams: createStreams(source.session) };
  server.on('request', (request, response) => {
    void handle(site, request, response).catch(() => response.destroy());
  });
  const addressWith = (token: string): string => `http://127.0.0.1:${port}/?token=${token}`;
  return {
    port,
    url: addressWith(site.access.token),
    urlForOnce: () => addressWith(site.access.ticket()),
    close: async () => {
      site.streams.close();
      server.closeAllConnections();
      await new Promise<void>((done) => server.close(() => done()));
      await source.close();
    },
  };
}

interface Site {
  source: ViewSource;
  page: ReadonlyMap<string, StaticFile>;
  access: Access;
  streams: EventStreams;
}

async function handle(site: Site, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const head = request.method === 'HEAD';
  const url = addressOf(request);
  if (url === null) return send(response, failure(400, 'not an address'), head);
  const refused = site.access.refuse(request, url);
  if (refused !== null) return send(response, refused, head);
  if (url.pathname === '/api/events' && request.method === 'GET') {
    if (!site.streams.free) return send(response, failure(503, 'too many pages are open'), head);
    return site.streams.open(request, response, url);
  }
  send(response, await respond(site, request, url), head);
}

/** The address asked for, or null where it is none: only paths, and nothing that a path does not hold as it stands. */
function addressOf(request: IncomingMessage): URL | null {
  const text = request.url ?? '';
  if (!text.startsWith('/') || text.startsWith('//')) return null;
  try {
    return new URL(text, 'http://127.0.0.1');
  } catch {
    return null;
  }
}

const POSTS = ['edits', 'undo', 'redo'] as const;

async function respond({ source, page, access }: Site, request: IncomingMessage, url: URL): Promise<Reply> {
  try {
    if (request.method === 'POST') {
      if (url.pathname === '/api/save') return json({ seq: await source.session.save() });
      if (url.pathname === '/api/export') return await postExport(source.folder, request);
      if (url.pathname === '/api/resolve') return await postResolve(source.session, request);
      const action = POSTS.find((name) => url.pathname === `/api/${name}`);
      if (action === undefined) return failure(404, 'nothing here');
      return await postEdit(source.session, action, request);
    }
    const file = page.get(url.pathname);
    if (file === undefined) return await answer(source, url);
    const exchanged = url.pathname === '/' ? access.exchange(url) : null;
    return exchanged ?? { status: 200, type: file.type, body: file.body };
  } catch (error) {
    if (isMorulaError(error)) return failure(STATUS[error.tag] ?? 422, error.message);
    return failure(500, error instanceof Error ? error.message : String(error));
  }
}

const STATUS: Partial<Record<ErrorTag, number>> = { usage: 400, busy: 423, storage: 507 };

async function listen(server: Server, wanted: number): Promise<number> {
  const last = wanted === 0 ? 0 : wanted + MORE_PORTS;
  for (let port = wanted; port <= last; port++) {
    try {
      await new Promise<void>((done, fail) => {
        server.once('error', fail);
        server.listen(port, '127.0.0.1', () => {
          server.off('error', fail);
          done();
        });
      });
      return (server.address() as AddressInfo).port;
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : '';
      if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error;
    }
  }
  throw new MorulaError('usage', `view: ports ${wanted} to ${last} are taken; choose another with --port`);
}
