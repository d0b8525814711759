import { type FilmFrame, toWebm } from './webm.ts';

/** Pictures that stand alone come this often: a player can jump to them. */
const KEY_EVERY = 48;
/** Bits for a pixel of a picture. */
const BITS = 0.25;
/** Pictures that may wait to be encoded. */
const WAITING = 6;

/** Can this browser make films? */
export const canFilm = (): boolean => typeof VideoEncoder !== 'undefined';

/**
 * A film of pictures, one after the other.
 *
 * @param draw puts picture `k` on the canvas; the film ends where `signal` says so
 */
export async function makeFilm(
  canvas: HTMLCanvasElement,
  count: number,
  perSecond: number,
  draw: (k: number) => Promise<void>,
  about: { title: string; tags: Readonly<Record<string, string>> },
  signal: AbortSignal,
): Promise<Blob> {
  const frames: FilmFrame[] = [];
  let failure: unknown = null;
  const encoder = new VideoEncoder({
    output(chunk) {
      const bytes = new Uint8Array(chunk.byteLength);
      chunk.copyTo(bytes);
      frames.push({ time: chunk.timestamp / 1000, key: chunk.type === 'key', bytes });
    },
    error: (error) => {
      failure = error;
    },
  });
  const { width, height } = canvas;
  const bitrate = Math.max(500_000, Math.round(width * height * perSecond * BITS));
  encoder.configure({ codec: 'vp8', width, height, bitrate, framerate: perSecond });
  const step = 1e6 / perSecond;
  for (let k = 0; k < count; k++) {
    signal.throwIfAborted();
    await draw(k);
    const picture = new VideoFrame(canvas, { timestamp: Math.round(k * step), duration: Math.round(step) });
    encoder.encode(picture, { keyFrame: k % KEY_EVERY === 0 });
    picture.close();
    while (encoder.encodeQueueSize > WAITING && failure === null)
      await new Promise((done) => setTimeout(done, 5));
    if (failure !== null) throw failure;
  }
  await encoder.flush();
  encoder.close();
  if (failure !== null) throw failure;
  return toWebm({ width, height, codec: 'V_VP8', duration: (count * step) / 1000, frames, ...about });
}
