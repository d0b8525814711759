import type { IncomingMessage, ServerResponse } from 'node:http';
import type { EditEntry } from '../lineage/types.ts';
import type { EditEvent, EditSession } from '../pipeline/index.ts';
import { stepsOf } from './edits.ts';
import { SECURITY } from './reply.ts';

/** Milliseconds between signs of life, and clients at once. */
const HEARTBEAT = 15_000;
const MOST_CLIENTS = 64;
/** Bytes that a client may leave unread before it is dropped: it comes back and catches up. */
const MOST_WAITING = 4 << 20;
const RELOAD = 'event: reload\ndata: {}\n\n';

/** The streams of edits that are open. */
export interface EventStreams {
  /** True when there is room for one more. */
  readonly free: boolean;
  /**
   * Sends a client every edit as it happens (`event: edit`, id = seq), or `event: reload` where it must read everything
   * again. A client that comes back says by `Last-Event-ID` (or `?since=`) what it has seen.
   */
  open(request: IncomingMessage, response: ServerResponse, url: URL): void;
  close(): void;
}

export function createStreams(session: EditSession): EventStreams {
  const clients = new Set<ServerResponse>();
  const send = (response: ServerResponse, event: EditEvent): void => {
    if (response.writableLength > MOST_WAITING) response.destroy();
    else if (event.kind === 'reload') response.write(RELOAD);
    else sendEdit(session, response, event.entry);
  };
  const stop = session.listen((event) => {
    for (const response of clients) send(response, event);
  });
  const beat = setInterval(() => {
    for (const response of clients) response.write(': here\n\n');
  }, HEARTBEAT);
  beat.unref();
  return {
    get free() {
      return clients.size < MOST_CLIENTS;
    },
    open(request, response, url) {
      response.writeHead(200, {
        ...SECURITY,
        'Content-Type': 'text/event-stream; charset=utf-8',
        'Cache-Control': 'no-store',
      });
      response.write('retry: 1000\n\n');
      response.on('close', () => clients.delete(response));
      const seen = request.headers['last-event-id'] ?? url.searchParams.get('since');
      clients.add(response);
      if (typeof seen !== 'string' || !/^\d{1,9}$/.test(seen)) return;
      const missed = session.history.entries.slice(Number(seen));
      if (missed.some(({ seq }) => session.effectOf(seq) === null)) {
        response.write(RELOAD);
        return;
      }
      for (const entry of missed) sendEdit(session, response, entry);
    },
    close() {
      stop();
      clearInterval(beat);
      for (const response of clients) response.end();
    },
  };
}

function sendEdit(session: EditSession, response: ServerResponse, entry: EditEntry): void {
  const { history } = session;
  const effect = session.effectOf(entry.seq);
  const data = { seq: history.entries.length, entry, effect, ...stepsOf(history) };
  response.write(`id: ${entry.seq}\nevent: edit\ndata: ${JSON.stringify(data)}\n\n`);
}
