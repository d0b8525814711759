/** Source frames `from` to `to - 1`: what is between them and their next frames is settled in one go. */
export interface Block {
  from: number;
  to: number;
}

/** Detections of one block: bounds memory, at about 2 kB a detection, and the time between two signs of life. */
const MAX_ROWS = 5000;
/** Detections on which the model is fitted, about. */
const SAMPLE_ROWS = 60_000;

/**
 * Frames cut into blocks of at most about 5,000 detections. Frame pairs share no decision, so the cuts leave no seam:
 * the links are the same however the frames are cut.
 */
export function cutBlocks(offsets: Int32Array): Block[] {
  const last = offsets.length - 2;
  const blocks: Block[] = [];
  for (let from = 0; from < last; ) {
    let to = from + 1;
    while (to < last && offsets[to + 1] - offsets[from] <= MAX_ROWS) to++;
    blocks.push({ from, to });
    from = to;
  }
  return blocks;
}

/** Frames on which the model is fitted: all, or runs of 8 frames spread evenly over a long movie. */
export function sampleFrames(offsets: Int32Array): Uint8Array {
  const nFrames = offsets.length - 1;
  const stride = Math.max(1, Math.ceil(offsets[nFrames] / SAMPLE_ROWS));
  return Uint8Array.from({ length: nFrames }, (_, t) => (Math.floor(t / 8) % stride === 0 ? 1 : 0));
}
