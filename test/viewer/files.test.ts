import { deflateSync, crc32 as zlibCrc32 } from 'node:zlib';
import fc from 'fast-check';
import { unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { crc32 } from '../../viewer/src/exports/crc32.ts';
import { withText } from '../../viewer/src/exports/pngText.ts';
import { sessionFile } from '../../viewer/src/exports/session.ts';
import { type FilmFrame, toWebm } from '../../viewer/src/exports/webm.ts';
import { zipStore } from '../../viewer/src/exports/zip.ts';

const bytesOf = async (blob: Blob): Promise<Uint8Array> => new Uint8Array(await blob.arrayBuffer());

describe('crc32', () => {
  it('gives the check value of the standard, and what zlib gives', () => {
    expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(crc32(bytes)).toBe(zlibCrc32(bytes));
      }),
    );
  });
});

describe('zipStore', () => {
  it('is read by another program, file by file', async () => {
    // A folder's name, and a key that the reader's plain objects do not hold, are no files to it.
    const name = fc
      .string({ minLength: 1, maxLength: 20 })
      .filter((text) => !text.endsWith('/') && text !== '__proto__');
    const files = fc.uniqueArray(fc.record({ name, bytes: fc.uint8Array() }), {
      selector: (one) => one.name,
    });
    await fc.assert(
      fc.asyncProperty(files, async (entries) => {
        const found = unzipSync(await bytesOf(zipStore(entries)));
        const wanted = Object.fromEntries(entries.map((one) => [one.name, one.bytes]));
        expect(new Map(Object.entries(found))).toEqual(new Map(Object.entries(wanted)));
      }),
      { numRuns: 50 },
    );
  });
});

/** Chunks of a PNG, whose checks must be right. */
function chunksOf(png: Uint8Array): [string, string][] {
  const chunks: [string, string][] = [];
  const view = new DataView(png.buffer, png.byteOffset);
  for (let at = 8; at < png.length; ) {
    const length = view.getUint32(at);
    const body = png.subarray(at + 4, at + 8 + length);
    expect(view.getUint32(at + 8 + length)).toBe(zlibCrc32(body));
    chunks.push([Buffer.from(body.subarray(0, 4)).toString(), Buffer.from(body.subarray(4)).toString()]);
    at += 12 + length;
  }
  return chunks;
}

describe('withText', () => {
  const chunk = (name: string, data: Uint8Array): Buffer => {
    const body = Buffer.concat([Buffer.from(name), data]);
    const [size, check] = [Buffer.alloc(4), Buffer.alloc(4)];
    size.writeUInt32BE(data.length);
    check.writeUInt32BE(zlibCrc32(body));
    return Buffer.concat([size, body, check]);
  };
  const header = Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]);
  const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
  const png = Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.alloc(2))),
    chunk('IEND', Buffer.alloc(0)),
  ]);

  it('puts texts after the header and leaves the picture as it was', () => {
    const marked = withText(new Uint8Array(png), { Software: 'morula 1', Comment: '#t=3 µ' });
    const chunks = chunksOf(marked);
    expect(chunks.map(([name]) => name)).toEqual(['IHDR', 'iTXt', 'iTXt', 'IDAT', 'IEND']);
    expect(chunks[2]![1]).toBe('Comment\0\0\0\0\0#t=3 µ');
    expect(chunks.filter(([name]) => name !== 'iTXt')).toEqual(chunksOf(new Uint8Array(png)));
  });
});

/** An element of an EBML file: id, and content or the elements in it. */
type Element = [id: number, content: Uint8Array | Element[]];

function elements(bytes: Uint8Array, inside: readonly number[]): Element[] {
  const out: Element[] = [];
  for (let at = 0; at < bytes.length; ) {
    const idLength = Math.clz32(bytes[at]!) - 23;
    const id = bytes.subarray(at, at + idLength).reduce((sum, byte) => sum * 256 + byte, 0);
    at += idLength;
    const sizeLength = Math.clz32(bytes[at]!) - 23;
    const first = bytes[at]! - (1 << (8 - sizeLength));
    const size = bytes.subarray(at + 1, at + sizeLength).reduce((sum, byte) => sum * 256 + byte, first);
    at += sizeLength;
    const content = bytes.subarray(at, at + size);
    expect(content.length).toBe(size);
    out.push([id, inside.includes(id) ? elements(content, inside) : content]);
    at += size;
  }
  return out;
}

describe('toWebm', () => {
  const NESTED = [0x1a45dfa3, 0x18538067, 0x1549a966, 0x1654ae6b, 0xae, 0xe0, 0x1f43b675];
  const frames: FilmFrame[] = [0, 100, 200, 300, 400].map((time, k) => ({
    time,
    key: k % 3 === 0,
    bytes: Uint8Array.of(k, k, k),
  }));
  const film = {
    width: 320,
    height: 200,
    codec: 'V_VP8',
    duration: 500,
    title: 'a',
    tags: { Comment: '#t' },
    frames,
  };

  it('has the fields that players ask for, and every picture at its time', async () => {
    const [head, segment] = elements(await bytesOf(toWebm(film)), NESTED);
    expect(head![0]).toBe(0x1a45dfa3);
    const parts = new Map(segment![1] as [number, unknown][]);
    const track = new Map(
      new Map(parts.get(0x1654ae6b) as [number, unknown][]).get(0xae) as [number, unknown][],
    );
    expect(Buffer.from(track.get(0x86) as Uint8Array).toString()).toBe('V_VP8');
    expect(new Map(track.get(0xe0) as [number, Uint8Array][]).get(0xb0)).toEqual(Uint8Array.of(1, 64));
    const times = (segment![1] as [number, [number, Uint8Array][]][])
      .filter(([id]) => id === 0x1f43b675)
      .flatMap(([, blocks]) => {
        const from = blocks[0]![1].reduce((sum, byte) => sum * 256 + byte, 0);
        return blocks.slice(1).map(([, block]) => [from + block[1]! * 256 + block[2]!, block[3], block[4]]);
      });
    expect(times).toEqual([
      [0, 0x80, 0],
      [100, 0, 1],
      [200, 0, 2],
      [300, 0x80, 3],
      [400, 0, 4],
    ]);
  });
});

describe('sessionFile', () => {
  it('holds whose work it is of, every edit, the bookmarks and the view', () => {
    const run = { morula: '1', segmentKey: 'k', movie: { name: 'm', fingerprint: 'f' } };
    const entry = { seq: 1, id: 'a', kind: 'edit' as const, at: '', by: 'x', label: 'l', changes: [] };
    const text = sessionFile(
      { run, imageProblem: null } as never,
      [entry],
      { bookmarks: new Map([['look', 't=3']]) },
      '#t=2',
    );
    expect(JSON.parse(text)).toEqual({
      format: 'morula-session',
      version: 1,
      morula: '1',
      movie: 'm',
      fingerprint: 'f',
      segmentKey: 'k',
      view: 't=2',
      bookmarks: { look: 't=3' },
      edits: [entry],
    });
  });
});
