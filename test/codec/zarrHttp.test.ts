import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { openArray, openStore, type ZarrStore } from '../../src/codec/index.ts';
import { crc32c } from '../../src/codec/zarr/crc32c.ts';

const BODY = Uint8Array.from({ length: 100 }, (_, i) => i);
type Answer = (request: IncomingMessage, response: ServerResponse, attempt: number) => void;

/** Serves `answer` on the loopback, counting attempts, and opens a store there; `timeout` in seconds, long where none is meant. */
async function withServer<T>(
  answer: Answer,
  body: (store: ZarrStore, attempts: () => number, address: string) => Promise<T>,
  timeout = 30,
): Promise<T> {
  let attempts = 0;
  const server = createServer((request, response) => answer(request, response, ++attempts));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/data`;
  try {
    const store = await openStore(`${address}?token=secret`, { timeout, tries: 3, backOff: 0.01 });
    return await body(store, () => attempts, address);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const whole: Answer = (_, response) => response.end(BODY);

/** A server that knows ranges. */
const ranged: Answer = (request, response) => {
  const match = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? '');
  if (!match) {
    response.end(BODY);
    return;
  }
  const first = match[1] === '' ? Math.max(0, 100 - Number(match[2])) : Number(match[1]);
  const last = match[1] === '' || Number(match[2]) > 99 ? 99 : Number(match[2]);
  if (first > 99) response.writeHead(416).end();
  else {
    response.writeHead(206, { 'content-range': `bytes ${first}-${last}/100` });
    response.end(BODY.subarray(first, last + 1));
  }
};

const crcOf = (bytes: Uint8Array): Uint8Array => new Uint8Array(Uint32Array.of(crc32c(bytes)).buffer);

const bytesOf = (bytes: Uint8Array | undefined): number[] => [...(bytes ?? [])];

describe('openStore on an http address', () => {
  it('gives the bytes of a key, and keeps the query of the address', async () => {
    const seen: (string | undefined)[] = [];
    const answer: Answer = (request, response, attempt) => {
      seen.push(request.url);
      whole(request, response, attempt);
    };
    await withServer(answer, async (store) => {
      expect(await store.get('0/c/1/a b')).toEqual(BODY);
    });
    expect(seen).toEqual(['/data/0/c/1/a%20b?token=secret']);
  });

  it.each([500, 502, 503, 429, 408])('tries again after %i', async (status) => {
    const answer: Answer = (request, response, attempt) =>
      attempt < 3 ? response.writeHead(status).end() : whole(request, response, attempt);
    await withServer(answer, async (store, attempts) => {
      expect(await store.get('k')).toEqual(BODY);
      expect(attempts()).toBe(3);
    });
  });

  it('tries again after a reset and after a short body', async () => {
    const answer: Answer = (request, response, attempt) => {
      if (attempt === 1) request.socket.destroy();
      else if (attempt === 2) {
        response.writeHead(200, { 'content-length': 100 }).write(BODY.subarray(0, 40));
        setTimeout(() => request.socket.destroy(), 20);
      } else whole(request, response, attempt);
    };
    await withServer(answer, async (store, attempts) => {
      expect(await store.get('k')).toEqual(BODY);
      expect(attempts()).toBe(3);
    });
  });

  it('gives up with exit 69 and without the query after the last attempt', async () => {
    await withServer(
      (_, response) => response.writeHead(503).end(),
      async (store, attempts, address) => {
        const failure = await store.get('k').catch((error: unknown) => error);
        expect(failure).toMatchObject({
          tag: 'unreachable',
          exit: 69,
          message: `zarr: ${address}/k must be readable, the server answers 503 (3 attempts); try again later`,
        });
        expect(attempts()).toBe(3);
      },
    );
  });

  it('gives up on silence, before the head and inside the body', async () => {
    await withServer(
      () => undefined,
      async (store) => expect(store.get('k')).rejects.toThrow('no answer within 0.3 s (3 attempts)'),
      0.3,
    );
    await withServer(
      (_, response) => response.writeHead(200, { 'content-length': 100 }).write(BODY.subarray(0, 10)),
      async (store) => expect(store.get('k')).rejects.toMatchObject({ tag: 'unreachable', exit: 69 }),
      0.3,
    );
  });

  it('does not give up on a slow answer that keeps coming', async () => {
    const answer: Answer = async (_, response) => {
      for (let i = 0; i < 5; i++) {
        response.write(BODY.subarray(i * 20, i * 20 + 20));
        await new Promise((resolve) => setTimeout(resolve, 400));
      }
      response.end();
    };
    // Longer than the patience in all, shorter in each pause.
    await withServer(
      answer,
      async (store, attempts) => {
        expect(await store.get('k')).toEqual(BODY);
        expect(attempts()).toBe(1);
      },
      1.9,
    );
  });

  it('gives up on an answer that drips for ever', async () => {
    const answer: Answer = (_, response) => {
      response.write('a');
      const drip = setInterval(() => response.write('a'), 20);
      response.on('close', () => clearInterval(drip));
    };
    await withServer(
      answer,
      async (store) => expect(store.get('k')).rejects.toThrow('the answer drips'),
      0.2,
    );
  });

  it('gives up at once when nobody listens', async () => {
    const store = await openStore('http://127.0.0.1:1/x', { tries: 2, backOff: 0.01 });
    await expect(store.get('k')).rejects.toMatchObject({ tag: 'unreachable', exit: 69 });
  });

  it('gives up with exit 69 on a name that nobody knows', async () => {
    // RFC 6761: no such name ever is.
    const store = await openStore('http://nobody.invalid/x', { tries: 2, backOff: 0.01 });
    await expect(store.get('k')).rejects.toMatchObject({ tag: 'unreachable', exit: 69 });
  });

  it('takes 404 alone for a missing key', async () => {
    await withServer(
      (_, response) => response.writeHead(404).end('not here'),
      async (store, attempts) => {
        expect(await store.get('k')).toBeUndefined();
        expect(attempts()).toBe(1);
      },
    );
    for (const status of [401, 403]) {
      await withServer(
        (_, response) => response.writeHead(status).end(),
        async (store, attempts) => {
          await expect(store.get('k')).rejects.toThrow(`access is denied (${status}); is the data public`);
          expect(attempts()).toBe(1);
        },
      );
    }
    await withServer(
      (_, response) => response.writeHead(400).end(),
      async (store) => expect(store.get('k')).rejects.toThrow('the server answers 400'),
    );
  });

  it('refuses a web page in the place of data', async () => {
    await withServer(
      (_, response) => response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end('<html>'),
      async (store) => expect(store.get('k')).rejects.toThrow('answers with a web page'),
    );
  });

  it('asks for ranges, and cuts them itself when the server sends all', async () => {
    for (const answer of [ranged, whole]) {
      await withServer(answer, async (store) => {
        expect(bytesOf(await store.get('k', { suffix: 3 }))).toEqual([97, 98, 99]);
        expect(bytesOf(await store.get('k', { offset: 5, length: 2 }))).toEqual([5, 6]);
        expect(bytesOf(await store.get('k', { offset: 98, length: 9 }))).toEqual([98, 99]);
      });
    }
  });

  it('refuses ranges that were not asked for', async () => {
    const wrong: Answer = (_, response) => {
      response.writeHead(206, { 'content-range': 'bytes 0-1/100' });
      response.end(BODY.subarray(0, 2));
    };
    await withServer(wrong, async (store) => {
      await expect(store.get('k', { offset: 5, length: 2 })).rejects.toThrow('is not what was asked of');
      await expect(store.get('k', { suffix: 2 })).rejects.toThrow('is not what was asked of');
    });
    await withServer(ranged, async (store) => {
      await expect(store.get('k', { offset: 500, length: 2 })).rejects.toMatchObject({ tag: 'invalid-data' });
    });
  });

  it('tries again when a range comes short', async () => {
    const short: Answer = (_, response, attempt) => {
      response.writeHead(206, { 'content-range': 'bytes 0-9/100', 'transfer-encoding': 'chunked' });
      response.end(BODY.subarray(0, attempt < 3 ? 6 : 10));
    };
    await withServer(short, async (store, attempts) => {
      expect(await store.get('k', { offset: 0, length: 10 })).toEqual(BODY.subarray(0, 10));
      expect(attempts()).toBe(3);
    });
  });

  it('stops reading at the byte limit', async () => {
    const endless: Answer = (_, response) => {
      const more = (): void => {
        if (!response.destroyed) response.write(Buffer.alloc(65536), more);
      };
      more();
    };
    await withServer(endless, async (store) => {
      await expect(store.get('k', undefined, 1000)).rejects.toThrow(
        'must have at most 1000 bytes, found more',
      );
    });
  });

  it('follows a redirect on the same origin only', async () => {
    const answer: Answer = (request, response, attempt) => {
      if (request.url?.startsWith('/data/away'))
        response.writeHead(302, { location: 'http://example.org/' }).end();
      else if (request.url?.startsWith('/data/round'))
        response.writeHead(302, { location: '/data/round' }).end();
      else if (request.url?.startsWith('/data/k')) response.writeHead(302, { location: '/moved' }).end();
      else whole(request, response, attempt);
    };
    await withServer(answer, async (store) => {
      expect(await store.get('k')).toEqual(BODY);
      await expect(store.get('away')).rejects.toThrow(
        'it sends on to http://example.org; give that address instead',
      );
      await expect(store.get('round')).rejects.toThrow('it sends on more than 3 times');
    });
  });

  it('refuses keys that lead out of the address, and addresses with a password', async () => {
    await withServer(whole, async (store) => {
      await expect(store.get('../other')).rejects.toThrow('must stay inside');
    });
    await expect(openStore('https://user:pass@example.org/x')).rejects.toThrow(
      'https://example.org/x must be given without user name and password',
    );
  });
});

describe('openArray over http', () => {
  it('reads chunks through faults, and missing ones as the fill value', async () => {
    const document = {
      zarr_format: 2,
      shape: [3],
      chunks: [1],
      dtype: '|u1',
      compressor: null,
      fill_value: 9,
      order: 'C',
      filters: null,
    };
    const seen = new Map<string, number>();
    const answer: Answer = (request, response) => {
      const key = (request.url ?? '').replace(/^\/data\/|\?.*$/g, '');
      const visit = (seen.get(key) ?? 0) + 1;
      seen.set(key, visit);
      if (visit === 1) response.writeHead(500).end();
      else if (key === '.zarray') response.end(JSON.stringify(document));
      else if (key === '0' || key === '2') response.end(Uint8Array.of(40 + Number(key)));
      else response.writeHead(404).end();
    };
    await withServer(answer, async (store) => {
      const array = await openArray(store, '');
      expect([...(await array.read()).data]).toEqual([40, 9, 42]);
    });
  });

  /** A v3 array of one chunk behind crc32c, which comes with a turned bit the first `faults` times. */
  async function readThrough(faults: number): Promise<[number, ArrayLike<number> | Error]> {
    const document = {
      zarr_format: 3,
      node_type: 'array',
      shape: [4],
      data_type: 'uint8',
      chunk_grid: { name: 'regular', configuration: { chunk_shape: [4] } },
      chunk_key_encoding: { name: 'default' },
      codecs: [{ name: 'bytes' }, { name: 'crc32c' }],
      fill_value: 0,
    };
    const chunk = Uint8Array.of(1, 2, 3, 4, ...crcOf(Uint8Array.of(1, 2, 3, 4)));
    let asked = 0;
    const answer: Answer = (request, response) => {
      if (request.url?.includes('zarr.json')) response.end(JSON.stringify(document));
      else if (!request.url?.includes('/c/0')) response.writeHead(404).end();
      else response.end(asked++ < faults ? chunk.map((byte, i) => (i === 2 ? byte ^ 16 : byte)) : chunk);
    };
    return withServer(answer, async (store) => {
      const array = await openArray(store, '');
      const found = await array.read().then(
        ({ data }) => data as ArrayLike<number>,
        (error: Error) => error,
      );
      return [asked, found];
    });
  }

  it('fetches a chunk again that came with other bytes than its checksum says', async () => {
    const [asked, data] = await readThrough(2);
    expect([asked, ...Array.from(data as ArrayLike<number>)]).toEqual([3, 1, 2, 3, 4]);
  });

  it('refuses a chunk that comes so again and again', async () => {
    const [asked, error] = await readThrough(99);
    expect([asked, error]).toMatchObject([
      3,
      { tag: 'invalid-data', message: expect.stringContaining('crc32c') },
    ]);
  });
});
