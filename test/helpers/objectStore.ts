import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/** What becomes of an answer: nothing, or a fault. */
export type Fault =
  | 'none'
  | 'slow down'
  | 'internal error'
  | 'reset'
  | 'truncated'
  | 'slow'
  | 'whole for a range';

/** One request that the store had. */
export interface Asked {
  key: string;
  range: string | null;
  fault: Fault;
}

/** A store of objects on the loopback, as S3 answers one who shows no credentials: no CORS headers, no listing. */
export interface ObjectStore {
  /** Without a slash at its end; below it `/<bucket>/<key>`. */
  address: string;
  /** Since it was emptied. */
  asked: Asked[];
  /** Chooses the fault of a request; `visit` counts those for the same key and range in `asked`, from 1. Default: none. */
  fault: (key: string, visit: number) => Fault;
  /** Keys that may not be read: they are answered with 403. */
  denied: (key: string) => boolean;
  close(): Promise<void>;
}

/** Serves the files of a folder, whose folders are buckets. */
export async function openObjectStore(folder: string): Promise<ObjectStore> {
  const store: ObjectStore = {
    address: '',
    asked: [],
    fault: () => 'none',
    denied: () => false,
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
  const server = createServer((request, response) => {
    const key = decodeURIComponent(new URL(request.url ?? '', 'http://x').pathname).slice(1);
    const range = request.headers.range ?? null;
    const before = store.asked.filter((one) => one.key === key && one.range === range);
    const fault = store.fault(key, before.length + 1);
    store.asked.push({ key, range, fault });
    if (store.denied(key)) refuse(response, 403, 'AccessDenied');
    else answer(join(folder, key), request, response, fault);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  store.address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return store;
}

/** Why a request is refused: status and S3's word for it; null = it is not. */
function refusal(path: string, fault: Fault): [number, string] | null {
  if (fault === 'slow down') return [503, 'SlowDown'];
  if (fault === 'internal error') return [500, 'InternalError'];
  return existsSync(path) && statSync(path).isFile() ? null : [404, 'NoSuchKey'];
}

function answer(path: string, { headers }: IncomingMessage, response: ServerResponse, fault: Fault): void {
  const why = refusal(path, fault);
  if (fault === 'reset') response.socket?.destroy();
  else if (why !== null) refuse(response, ...why);
  else send(readFileSync(path), headers.range, response, fault);
}

function send(bytes: Buffer, range: string | undefined, response: ServerResponse, fault: Fault): void {
  const [first, end] = spanOf(fault === 'whole for a range' ? undefined : range, bytes.length);
  const whole = first === 0 && end === bytes.length;
  const body = bytes.subarray(first, end);
  response.writeHead(whole ? 200 : 206, {
    'content-length': body.length,
    'content-type': 'binary/octet-stream',
    ...(whole ? {} : { 'content-range': `bytes ${first}-${end - 1}/${bytes.length}` }),
  });
  if (fault === 'truncated') {
    response.write(body.subarray(0, body.length >> 1));
    setTimeout(() => response.socket?.destroy(), 5);
  } else if (fault === 'slow') {
    response.write(body.subarray(0, body.length >> 1));
    setTimeout(() => response.end(body.subarray(body.length >> 1)), 50);
  } else response.end(body);
}

/** First byte and end of what a request asks for: all where it asks for no part. */
function spanOf(range: string | undefined, length: number): [number, number] {
  const match = /^bytes=(\d*)-(\d*)$/.exec(range ?? '');
  if (match === null) return [0, length];
  if (match[1] === '') return [Math.max(0, length - Number(match[2])), length];
  return [Number(match[1]), match[2] === '' ? length : Math.min(length, Number(match[2]) + 1)];
}

function refuse(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, {
    'content-type': 'application/xml',
    ...(status === 503 ? { 'retry-after': '0' } : {}),
  });
  response.end(`<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code></Error>`);
}
