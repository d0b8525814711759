/**
 * Undoes horizontal differencing (predictor 2) in place: each sample was stored as the difference to the one
 * `stride` samples before it in its row, modulo its size.
 *
 * @param samples `rows × rowLength`, in the machine's byte order; floats as the unsigned integers of their bits
 * @param rowLength samples in a row
 * @param stride samples per pixel
 *
 * Source: TIFF 6.0 (1992), section 14. Cost: linear.
 */
export function undoDifferences(
  samples: Uint8Array | Uint16Array | Uint32Array,
  rowLength: number,
  stride: number,
): void {
  for (let row = 0; row + rowLength <= samples.length; row += rowLength) {
    const end = row + rowLength;
    for (let i = row + stride; i < end; i++) samples[i] += samples[i - stride];
  }
}

/**
 * Undoes the floating-point predictor (3) in place: the bytes of a row were sorted by significance, the most
 * significant first, and then differenced.
 *
 * @param bytes rows of `rowLength × sampleBytes` bytes; big-endian planes on entry, little-endian floats on return
 * @param rowLength samples in a row
 * @param sampleBytes 4 or 8
 * @param stride samples per pixel
 *
 * Source: Adobe Photoshop TIFF Technical Note 3 (2005). Cost: linear.
 */
export function undoFloatDifferences(
  bytes: Uint8Array,
  rowLength: number,
  sampleBytes: number,
  stride: number,
): void {
  const rowBytes = rowLength * sampleBytes;
  const planes = new Uint8Array(rowBytes);
  for (let row = 0; row + rowBytes <= bytes.length; row += rowBytes) {
    for (let i = row + stride; i < row + rowBytes; i++) bytes[i] += bytes[i - stride];
    planes.set(bytes.subarray(row, row + rowBytes));
    for (let i = 0; i < rowLength; i++) {
      const at = row + i * sampleBytes;
      for (let b = 0; b < sampleBytes; b++) bytes[at + b] = planes[(sampleBytes - 1 - b) * rowLength + i];
    }
  }
}
