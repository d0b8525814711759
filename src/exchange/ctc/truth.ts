import { join } from 'node:path';
import type { NdArray } from '../../array/index.ts';
import { writeFileAtomic } from '../../codec/files.ts';
import { encodeTiff } from '../../codec/tiff/index.ts';
import { MorulaError } from '../../errors/index.ts';
import type { CtcTrack } from '../types.ts';
import { frameName } from './layout.ts';
import { planesOf } from './masks.ts';
import { MAX_TRACKS } from './pieces.ts';
import { formatTracks } from './trackFile.ts';

/** Writes a truth in challenge layout, frame by frame, then its track file. */
export interface CtcTruthWriter {
  /** Labels of frame `t`, `[y, x]` or `[z, y, x]`; a label is a track's id in every frame. */
  frame(t: number, labels: NdArray<Uint16Array> | NdArray<Uint32Array>): Promise<void>;
  finish(tracks: readonly CtcTrack[]): Promise<void>;
}

/**
 * A writer of `TRA/man_trackNNN.tif`, `SEG/man_segNNN.tif` (the same full masks) and, at the end,
 * `TRA/man_track.txt` inside `folder` (by custom `01_GT`). uint16, deflate.
 *
 * @param options.digits digits of the frame number: 3, or 4 above a thousand frames
 */
export function createCtcTruthWriter(
  folder: string,
  { digits = 3 }: { digits?: number } = {},
): CtcTruthWriter {
  return {
    async frame(t, { data, shape }) {
      const ids = new Uint16Array(data.length);
      for (let k = 0; k < data.length; k++) {
        if (data[k] > MAX_TRACKS) {
          const message = `ctc: a label must be at most ${MAX_TRACKS}, frame ${t} has ${data[k]}`;
          throw new MorulaError('unsupported', message);
        }
        ids[k] = data[k];
      }
      const bytes = encodeTiff(planesOf({ data: ids, shape }), { compression: 'deflate' });
      await writeFileAtomic(join(folder, 'TRA', frameName('man_track', t, digits)), bytes);
      await writeFileAtomic(join(folder, 'SEG', frameName('man_seg', t, digits)), bytes);
    },
    async finish(tracks) {
      await writeFileAtomic(join(folder, 'TRA', 'man_track.txt'), formatTracks(tracks));
    },
  };
}
