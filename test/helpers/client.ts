import { connect } from 'node:net';
import type { Command, EditEntry } from '../../src/lineage/types.ts';
import type { ViewServer } from '../../src/serve/index.ts';

/** What a server said, as far as a test looks. */
export interface Said {
  status: number;
  body: string;
}

/** An answer to an edit. */
export interface EditReply {
  seq: number;
  entry: EditEntry;
  entries: EditEntry[];
  error: string;
  replayed: boolean;
  undo: { seq: number; label: string } | null;
  redo: { seq: number; label: string } | null;
  effect: { linksAdded: string[][]; linksRemoved: string[][] };
}

/** A browser's tab, as far as requests go: it has the session's cookie, and says where it comes from. */
export interface Client {
  get(path: string): Promise<Response>;
  edit(command: Command | null, more?: Record<string, unknown>): Promise<[number, EditReply]>;
  reverse(kind: 'undo' | 'redo', more?: Record<string, unknown>): Promise<[number, EditReply]>;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
}

let ids = 0;

export async function openClient({ url, port }: ViewServer): Promise<Client> {
  const origin = `http://127.0.0.1:${port}`;
  const first = await fetch(url, { redirect: 'manual' });
  const cookie = first.headers.get('set-cookie')!.split(';')[0]!;
  const post = (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(origin + path, {
      method: 'POST',
      headers: { cookie, origin, 'x-morula': '1', 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  const send = async (path: string, body: Record<string, unknown>): Promise<[number, EditReply]> => {
    const response = await post(path, { id: `test-${ids++}`, ...body });
    return [response.status, (await response.json()) as EditReply];
  };
  return {
    get: (path) => fetch(origin + path, { headers: { cookie } }),
    edit: (command, more = {}) => send('/api/edits', { command, ...more }),
    reverse: (kind, more = {}) => send(`/api/${kind}`, more),
    post,
  };
}

/** Sends bytes as they are and gives what came back: no client tidies the target up. */
export function sendRaw(port: number, text: string): Promise<Said> {
  return new Promise((done, fail) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    let body = '';
    socket.setEncoding('latin1').on('data', (part) => (body += part));
    socket.setTimeout(30_000, () => socket.destroy());
    socket.on('error', fail);
    socket.on('close', () => done({ status: Number(/^HTTP\/1\.1 (\d{3})/.exec(body)?.[1] ?? 0), body }));
  });
}
