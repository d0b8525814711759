import { MorulaError } from '../../errors/index.ts';
import { clip, keyParts } from './keys.ts';
import type { ByteRange, StoreOptions, ZarrStore } from './types.ts';

const DEFAULT_MAX_BYTES = 2 * 1024 ** 3;
const MAX_PAUSE = 30;
const MAX_REDIRECTS = 3;
/** An answer that comes slower than this, bytes a second, is given up once it has taken as long as several silences. */
const SLOWEST = 256;
const PATIENCE = 10;

/** A failure that another attempt may mend; `pause` is the server's own wish, seconds. */
class Retryable extends Error {
  readonly pause: number | undefined;
  constructor(message: string, pause?: number) {
    super(message);
    this.pause = pause;
  }
}

/**
 * An http(s) address as a store. Attempts are repeated with a growing, jittered pause after silence, resets, short
 * answers, 408, 429 and 5xx; only 404 and 410 mean that a key is missing. Redirects are followed on the same origin.
 *
 * @throws (get) `unreachable` when no attempt succeeds or access is denied
 */
export function openHttpStore(location: string, options: StoreOptions = {}): ZarrStore {
  const base = parseBase(location);
  const { timeout = 30, tries = 4, backOff = 0.5 } = options;
  return {
    location: shown(base),
    async get(key, range, maxBytes = DEFAULT_MAX_BYTES) {
      const url = urlOf(base, key);
      for (let attempt = 1; ; attempt++) {
        try {
          return await attemptGet(url, range, maxBytes, timeout);
        } catch (error) {
          if (!(error instanceof Retryable)) throw error;
          if (attempt >= tries)
            throw unreachable(url, `${error.message} (${tries} attempts); try again later`);
          const limit = Math.min(MAX_PAUSE, backOff * 2 ** (attempt - 1));
          const pause = Math.min(MAX_PAUSE, error.pause ?? limit * (0.5 + Math.random() / 2));
          await new Promise((resolve) => setTimeout(resolve, pause * 1000));
        }
      }
    },
  };
}

function parseBase(location: string): URL {
  const base = URL.canParse(location) ? new URL(location) : null;
  if (!base) throw new MorulaError('not-found', `zarr: ${location} must be an http(s) address`);
  if (base.username || base.password) {
    throw new MorulaError('unsupported', `zarr: ${shown(base)} must be given without user name and password`);
  }
  return base;
}

function urlOf(base: URL, key: string): URL {
  const parts = keyParts(key);
  if (!parts) {
    throw new MorulaError(
      'invalid-metadata',
      `zarr: key ${JSON.stringify(key)} must stay inside ${shown(base)}`,
    );
  }
  const url = new URL(base);
  url.pathname = [base.pathname.replace(/\/+$/, ''), ...parts.map(encodeURIComponent)].join('/');
  return url;
}

/** An address without what may be secret. */
function shown(url: URL): string {
  return url.origin + url.pathname;
}

function unreachable(url: URL, why: string): MorulaError {
  return new MorulaError('unreachable', `zarr: ${shown(url)} must be readable, ${why}`);
}

async function attemptGet(
  url: URL,
  range: ByteRange | undefined,
  maxBytes: number,
  timeout: number,
): Promise<Uint8Array | undefined> {
  const control = new AbortController();
  const silence = setTimeout(() => control.abort(), timeout * 1000);
  try {
    const response = await request(url, range, control.signal);
    silence.refresh();
    if (response.status === 404 || response.status === 410) {
      await response.body?.cancel();
      return undefined;
    }
    checkStatus(url, response);
    // A server may ignore a range and send the whole object.
    const whole = response.status === 200;
    const cap = range && whole ? DEFAULT_MAX_BYTES : maxBytes;
    const expected = whole ? contentLength(response) : rangeLength(url, response, range);
    const started = performance.now();
    const bytes = await readBody(url, response, cap, (total) => {
      silence.refresh();
      const seconds = (performance.now() - started) / 1000;
      if (seconds > PATIENCE * timeout && total < SLOWEST * seconds) {
        throw new Retryable(`the answer drips, ${total} bytes in ${seconds.toFixed(0)} s`);
      }
    });
    if (expected !== null && bytes.length !== expected) {
      throw new Retryable(`the answer has ${bytes.length} of ${expected} bytes`);
    }
    return range && whole ? bytes.slice(...clip(range, bytes.length)) : bytes;
  } catch (error) {
    if (error instanceof MorulaError || error instanceof Retryable) throw error;
    if (control.signal.aborted) throw new Retryable(`no answer within ${timeout} s`);
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw new Retryable(cause instanceof Error ? cause.message : String(cause));
  } finally {
    clearTimeout(silence);
    control.abort();
  }
}

async function request(url: URL, range: ByteRange | undefined, signal: AbortSignal): Promise<Response> {
  const headers: Record<string, string> = { 'accept-encoding': 'identity' };
  if (range) {
    headers.range =
      'suffix' in range
        ? `bytes=-${range.suffix}`
        : `bytes=${range.offset}-${range.offset + range.length - 1}`;
  }
  let target = url;
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    const response = await fetch(target, { headers, signal, redirect: 'manual' });
    const next = response.headers.get('location');
    if (response.status < 300 || response.status >= 400 || !next) return response;
    await response.body?.cancel();
    target = new URL(next, target);
    if (target.origin !== url.origin) {
      throw unreachable(
        url,
        regionOf(response) ?? `it sends on to ${target.origin}; give that address instead`,
      );
    }
  }
  throw unreachable(url, `it sends on more than ${MAX_REDIRECTS} times`);
}

function checkStatus(url: URL, response: Response): void {
  const { status } = response;
  if (status === 200 || status === 206) {
    if (!(response.headers.get('content-type') ?? '').includes('text/html')) return;
    throw unreachable(
      url,
      'the server answers with a web page; check the address, and whether it asks to log in',
    );
  }
  if (status === 401 || status === 403) {
    throw unreachable(
      url,
      `access is denied (${status}); is the data public, and may its keys be listed? without that, some stores answer ${status} for a missing key`,
    );
  }
  if (status === 416) {
    throw new MorulaError(
      'invalid-data',
      `zarr: ${shown(url)} must be longer than the range asked for (416)`,
    );
  }
  if (status === 408 || status === 429 || status >= 500) {
    const wish = Number(response.headers.get('retry-after') ?? Number.NaN);
    throw new Retryable(`the server answers ${status}`, wish >= 0 ? wish : undefined);
  }
  throw unreachable(url, regionOf(response) ?? `the server answers ${status}`);
}

/** What S3 says where it was asked in another region than the bucket's; null where it says nothing. */
function regionOf(response: Response): string | null {
  const region = response.headers.get('x-amz-bucket-region');
  return region === null ? null : `the bucket is in the region ${region}; set AWS_REGION=${region}`;
}

function contentLength(response: Response): number | null {
  if (response.headers.has('content-encoding')) return null;
  const length = response.headers.get('content-length');
  return length === null ? null : Number(length);
}

/** Bytes that a 206 answer must have. */
function rangeLength(url: URL, response: Response, range: ByteRange | undefined): number {
  const text = response.headers.get('content-range') ?? '';
  const match = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(text);
  if (!range || !match) throw new Retryable(`content-range ${JSON.stringify(text)} does not fit the request`);
  const [first, last] = [Number(match[1]), Number(match[2])];
  const length = last - first + 1;
  const size = match[3] === '*' ? null : Number(match[3]);
  const right =
    'suffix' in range
      ? length <= range.suffix &&
        (size === null || (last === size - 1 && length === Math.min(size, range.suffix)))
      : first === range.offset && length <= range.length;
  if (!right || length < 0)
    throw new Retryable(`content-range ${text} is not what was asked of ${shown(url)}`);
  return length;
}

async function readBody(
  url: URL,
  response: Response,
  cap: number,
  onBytes: (total: number) => void,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let total = 0;
  for await (const part of response.body ?? []) {
    parts.push(part);
    total += part.length;
    onBytes(total);
    if (total > cap) {
      throw new MorulaError('invalid-data', `zarr: ${shown(url)} must have at most ${cap} bytes, found more`);
    }
  }
  const bytes = new Uint8Array(total);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
