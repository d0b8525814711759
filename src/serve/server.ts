import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { packageRoot } from '../codec/packageRoot.ts';
import { isMorulaError, MorulaError } from '../errors/index.ts';
import { loadPage, type StaticFile } from './files.ts';
import { failure, type Reply, send } from './reply.ts';
import { answer } from './routes.ts';
import { openSource, type ViewSource } from './source.ts';

/** A viewer being served. */
export interface ViewServer {
  url: string;
  port: number;
  close(): Promise<void>;
}

/** Ports tried after the wanted one, when it is taken. */
const MORE_PORTS = 20;

/**
 * Serves the viewer of a result on 127.0.0.1, for this machine's user alone: other hosts cannot connect, other names
 * for this host are refused (DNS rebinding), and only GET and HEAD are answered.
 *
 * @param options.port 0 = any free one; a taken port moves on to the next
 */
export async function serveResult(folder: string, options: { port: number }): Promise<ViewServer> {
  const source = await openSource(folder);
  const page = await loadPage(join(packageRoot(), 'dist', 'viewer'));
  if (!page.has('/')) {
    throw new MorulaError('not-found', 'view: the page is not built; run: npm run build');
  }
  const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000, maxHeaderSize: 16_384 });
  server.on('request', (request, response) => {
    const head = request.method === 'HEAD';
    void respond(request, source, page, server).then((reply) => send(response, reply, head));
  });
  const port = await listen(server, options.port);
  return {
    port,
    url: `http://127.0.0.1:${port}/`,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((done) => server.close(() => done()));
      await source.close();
    },
  };
}

async function respond(
  request: IncomingMessage,
  source: ViewSource,
  page: ReadonlyMap<string, StaticFile>,
  server: Server,
): Promise<Reply> {
  const { port } = server.address() as AddressInfo;
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  if (!hosts.includes(request.headers.host ?? '')) return failure(403, 'this address is not served here');
  if (request.method !== 'GET' && request.method !== 'HEAD') return failure(405, 'only GET and HEAD');
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') {
    return failure(403, 'requests of other pages are refused');
  }
  let url: URL;
  try {
    url = new URL(request.url ?? '/', `http://${hosts[0]}`);
  } catch {
    return failure(400, 'not an address');
  }
  const file = page.get(url.pathname);
  if (file !== undefined) return { status: 200, type: file.type, body: file.body };
  try {
    return await answer(source, url);
  } catch (error) {
    if (isMorulaError(error)) return failure(error.tag === 'usage' ? 400 : 422, error.message);
    return failure(500, error instanceof Error ? error.message : String(error));
  }
}

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
