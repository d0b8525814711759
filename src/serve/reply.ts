import type { ServerResponse } from 'node:http';

/** What a route answers with. */
export interface Reply {
  status: number;
  type: string;
  body: Uint8Array | string;
  headers?: Record<string, string>;
}

/** Every answer carries these: nothing from elsewhere runs in the page, and no other page may frame or read it. */
export const SECURITY = {
  'Content-Security-Policy':
    "default-src 'self'; img-src 'self' blob: data:; style-src 'self' 'unsafe-inline'; worker-src 'self' blob:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
} as const;

/** A JSON answer. */
export function json(value: unknown, status = 200): Reply {
  return { status, type: 'application/json; charset=utf-8', body: JSON.stringify(value) };
}

/** A binary answer; a result can change under the same address, so nothing is kept by the browser. */
export function binary(body: Uint8Array, headers: Record<string, string> = {}): Reply {
  return { status: 200, type: 'application/octet-stream', body, headers };
}

/** A failure in one line. */
export function failure(status: number, message: string): Reply {
  return json({ error: message }, status);
}

/** Sends a reply; `head` sends no body. */
export function send(response: ServerResponse, reply: Reply, head: boolean): void {
  const length = typeof reply.body === 'string' ? Buffer.byteLength(reply.body) : reply.body.byteLength;
  response.writeHead(reply.status, {
    ...SECURITY,
    'Cache-Control': 'no-cache',
    'Content-Type': reply.type,
    'Content-Length': length,
    ...reply.headers,
  });
  response.end(head ? undefined : reply.body);
}
