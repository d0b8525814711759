import type { IncomingMessage } from 'node:http';
import { MorulaError } from '../errors/index.ts';

/** Most bytes of a request's body. */
export const MAX_BODY = 1 << 20;

/**
 * The JSON object in a request's body.
 *
 * @returns null where the body is larger than `MAX_BODY`; the rest of it is not kept
 * @throws `usage` where it is not JSON or no object
 */
export async function readJson(request: IncomingMessage): Promise<Record<string, unknown> | null> {
  const bytes = await readBody(request);
  if (bytes === null) return null;
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new MorulaError('usage', 'edit: the body must be JSON');
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new MorulaError('usage', 'edit: the body must be a JSON object');
  }
  return value as Record<string, unknown>;
}

function readBody(request: IncomingMessage): Promise<Uint8Array | null> {
  return new Promise((done, fail) => {
    const parts: Buffer[] = [];
    let size = 0;
    request.on('data', (part: Buffer) => {
      size += part.length;
      if (size <= MAX_BODY) parts.push(part);
      else done(null);
    });
    request.on('end', () => done(size <= MAX_BODY ? Buffer.concat(parts) : null));
    request.on('error', fail);
    request.on('close', () => fail(new MorulaError('usage', 'edit: the request broke off')));
  });
}
