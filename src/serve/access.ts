import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { failure, type Reply } from './reply.ts';

/** Who may ask for what: made anew with every start of the server. */
export interface Access {
  /** What the printed address carries, 128 bits. */
  token: string;
  /** A token that opens one browser, once: other users see the arguments of the program that is given it. */
  ticket(): string;
  /** A refusal, or null: this request is for us, and no other page sent it. */
  refuse(request: IncomingMessage, url: URL): Reply | null;
  /** Trades the address's token or ticket for the session's cookie and takes it out of the address; null where there is none. */
  exchange(url: URL): Reply | null;
}

/** Equal texts, in a time that does not tell where they differ. */
function equal(a: string, b: string): boolean {
  const [x, y] = [Buffer.from(a), Buffer.from(b)];
  return x.length === y.length && timingSafeEqual(x, y);
}

/** A request's cookies. */
function cookiesOf(request: IncomingMessage): Map<string, string> {
  const pairs = (request.headers.cookie ?? '').split(';').map((part) => part.trim().split('='));
  return new Map(pairs.filter(({ length }) => length === 2).map(([name, value]) => [name, value]));
}

const WRONG_TOKEN = `<!doctype html><html lang="en"><meta charset="utf-8"><title>morula</title>
<p>This address is of an earlier start of <code>morula view</code>, or was used already.
Open the one that it printed last.</p></html>`;

/**
 * The rules of a server that only its user may use, while any web page may try to reach it:
 *
 * - the Host is this server's (no rebinding of names);
 * - what a browser says of a request's origin is this server's (no requests of other pages); only the page itself, which
 *   holds no data, may be navigated to from elsewhere;
 * - data and edits need the session: its cookie, or the token as a bearer for programs;
 * - edits are POSTs of JSON with the header `x-morula`, which no form can send; nothing else changes anything.
 *
 * @param port that the server listens on
 */
export function createAccess(port: number): Access {
  const token = randomBytes(16).toString('hex');
  const secret = randomBytes(16).toString('hex');
  let tickets: string[] = [];
  /** True for the token, and once for a ticket. */
  const admits = (given: string): boolean => {
    const used = tickets.filter((ticket) => equal(given, ticket));
    tickets = tickets.filter((ticket) => !used.includes(ticket));
    return used.length > 0 || equal(given, token);
  };
  // Cookies are shared by all ports of a host.
  const cookie = `morula_${port}`;
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  const hasToken = ({ headers }: IncomingMessage): boolean =>
    equal(headers.authorization ?? '', `Bearer ${token}`);
  const hasSession = (request: IncomingMessage): boolean =>
    equal(cookiesOf(request).get(cookie) ?? '', secret) || hasToken(request);

  return {
    token,
    ticket() {
      const ticket = randomBytes(16).toString('hex');
      tickets.push(ticket);
      return ticket;
    },
    refuse(request, url) {
      const { headers, method } = request;
      if (!hosts.includes(headers.host ?? '')) return failure(403, 'this address is not served here');
      const origin = headers.origin;
      if (origin !== undefined && !hosts.some((host) => origin === `http://${host}`)) {
        return failure(403, 'requests of other pages are refused');
      }
      const data = url.pathname.startsWith('/api/');
      const site = headers['sec-fetch-site'];
      const navigates = headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
      if (site !== undefined && site !== 'same-origin' && site !== 'none' && (data || !navigates)) {
        return failure(403, 'requests of other pages are refused');
      }
      if (method !== 'GET' && method !== 'HEAD' && method !== 'POST')
        return failure(405, 'only GET, HEAD and POST');
      if (method === 'POST' && !data) return failure(405, 'only GET and HEAD');
      if (data && !hasSession(request)) {
        return failure(401, 'no session: open the address that morula view printed');
      }
      return method === 'POST' ? refuseWrite(request, hasToken(request)) : null;
    },
    exchange(url) {
      const given = url.searchParams.get('token');
      if (given === null) return null;
      if (!admits(given)) return { status: 401, type: 'text/html; charset=utf-8', body: WRONG_TOKEN };
      url.searchParams.delete('token');
      return {
        status: 303,
        type: 'text/plain; charset=utf-8',
        body: '',
        headers: {
          Location: `${url.pathname}${url.search}`,
          'Set-Cookie': `${cookie}=${secret}; HttpOnly; SameSite=Strict; Path=/`,
        },
      };
    },
  };
}

/** A browser says where a request comes from; a program must show the token itself. */
function refuseWrite({ headers }: IncomingMessage, hasToken: boolean): Reply | null {
  if (headers['x-morula'] !== '1') return failure(403, 'an edit must carry the header x-morula: 1');
  if (headers.origin === undefined && headers['sec-fetch-site'] !== 'same-origin' && !hasToken) {
    return failure(403, 'an edit must say which page it comes from');
  }
  const type = (headers['content-type'] ?? '').split(';')[0].trim().toLowerCase();
  return type === 'application/json' ? null : failure(415, 'an edit must be application/json');
}
