/** An encoded picture of a film. */
export interface FilmFrame {
  /** Milliseconds from the start. */
  time: number;
  /** Does it stand alone? The first one must. */
  key: boolean;
  bytes: Uint8Array;
}

/** What a film is. */
export interface Film {
  width: number;
  height: number;
  /** `V_VP8` or `V_VP9`. */
  codec: string;
  /** Milliseconds. */
  duration: number;
  title: string;
  /** Kept in the file under this name. */
  tags: Readonly<Record<string, string>>;
  frames: readonly FilmFrame[];
}

type Bytes = Uint8Array | number[];

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

/** A whole number in as few bytes as it needs, most significant first. */
function unsigned(value: number): number[] {
  const out: number[] = [];
  for (let rest = Math.round(value); rest > 0 || out.length === 0; rest = Math.floor(rest / 256))
    out.unshift(rest % 256);
  return out;
}

function double(value: number): Uint8Array {
  const out = new Uint8Array(8);
  new DataView(out.buffer).setFloat64(0, value);
  return out;
}

/** An element: id, length in eight bytes, content. */
function element(id: number, ...content: readonly Bytes[]): Uint8Array {
  const length = content.reduce((sum, part) => sum + part.length, 0);
  const head = [...unsigned(id), 0x01, 0, ...new Array<number>(6).fill(0)];
  const size = unsigned(length);
  head.splice(head.length - size.length, size.length, ...size);
  const out = new Uint8Array(head.length + length);
  out.set(head);
  let at = head.length;
  for (const part of content) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/**
 * Pictures as a WebM film: one cluster from each picture that stands alone.
 *
 * Source: RFC 8794 (EBML) and RFC 9559 (Matroska); ids are those of RFC 9559, 27.1.
 */
export function toWebm({ width, height, codec, duration, title, tags, frames }: Film): Blob {
  const head = element(
    0x1a45dfa3,
    element(0x4286, [1]),
    element(0x42f7, [1]),
    element(0x42f2, [4]),
    element(0x42f3, [8]),
    element(0x4282, text('webm')),
    element(0x4287, [4]),
    element(0x4285, [2]),
  );
  const info = element(
    0x1549a966,
    element(0x2ad7b1, unsigned(1_000_000)),
    element(0x4489, double(duration)),
    element(0x7ba9, text(title)),
    element(0x4d80, text('morula')),
    element(0x5741, text('morula')),
  );
  const video = element(0xe0, element(0xb0, unsigned(width)), element(0xba, unsigned(height)));
  const track = element(
    0xae,
    element(0xd7, [1]),
    element(0x73c5, [1]),
    element(0x83, [1]),
    element(0x86, text(codec)),
    video,
  );
  const simple = Object.entries(tags).map(([name, value]) =>
    element(0x67c8, element(0x45a3, text(name)), element(0x4487, text(value))),
  );
  const about = element(0x1254c367, element(0x7373, element(0x63c0), ...simple));
  const segment = element(0x18538067, info, element(0x1654ae6b, track), about, ...clusters(frames));
  return new Blob([head as Uint8Array<ArrayBuffer>, segment as Uint8Array<ArrayBuffer>], {
    type: 'video/webm',
  });
}

function clusters(frames: readonly FilmFrame[]): Uint8Array[] {
  const starts = frames.flatMap(({ key }, k) => (key ? [k] : []));
  return starts.map((start, k) => {
    const group = frames.slice(start, starts[k + 1] ?? frames.length);
    const from = Math.round(group[0]!.time);
    const blocks = group.map(({ time, key, bytes }) => {
      const after = Math.round(time) - from;
      return element(0xa3, [0x81, (after >> 8) & 0xff, after & 0xff, key ? 0x80 : 0], bytes);
    });
    return element(0x1f43b675, element(0xe7, unsigned(from)), ...blocks);
  });
}
