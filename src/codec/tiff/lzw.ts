/** TIFF's LZW: 9 to 12 bit codes, most significant bit first, the width one code early ("early change"). */
const CLEAR = 256;
const END = 257;
const FIRST = 258;
const MAX_CODES = 4096;

/** Where in the output the string of each code stands, and how long it is. Used within one synchronous call. */
const codeStart = new Int32Array(MAX_CODES);
const codeLength = new Int32Array(MAX_CODES);

/**
 * Decodes LZW data until `out` is full.
 *
 * A code's string is the string of the code before it and one more byte, and that byte follows it in the output: so
 * each code is a start and a length in the output and no chain of prefixes is walked.
 *
 * Source: TIFF 6.0 (1992), section 13; T. Welch 1984, doi 10.1109/MC.1984.1659158. Cost: linear in `out`.
 * @throws Error when the data end early or hold a code that is not defined yet
 */
export function decodeLzw(input: Uint8Array, out: Uint8Array): void {
  if (input.length > 1 && input[0] === 0 && (input[1] & 1) === 1) {
    throw new Error('the LZW data have the reversed bit order of TIFF 5, which is not supported');
  }
  const size = out.length;
  let at = 0;
  let bits = 0;
  let nBits = 0;
  let width = 9;
  let next = FIRST;
  let start = -1;
  let length = 0;
  let position = 0;
  while (position < size) {
    while (nBits < width) {
      if (at >= input.length) throw new Error(`the LZW data end after ${position} of ${size} bytes`);
      bits = ((bits & 0xffff) << 8) | input[at++];
      nBits += 8;
    }
    nBits -= width;
    const code = (bits >>> nBits) & ((1 << width) - 1);
    if (code === END) throw new Error(`the LZW data end after ${position} of ${size} bytes`);
    if (code === CLEAR) {
      width = 9;
      next = FIRST;
      start = -1;
      continue;
    }
    // The string that this code completes: the previous code's, plus the first byte written below.
    if (start >= 0 && next < MAX_CODES) {
      codeStart[next] = start;
      codeLength[next] = length + 1;
      next++;
      if (next >= (1 << width) - 1 && width < 12) width++;
    }
    start = position;
    if (code < CLEAR) {
      out[position++] = code;
      length = 1;
    } else {
      if (code >= next) throw new Error(`the LZW data hold the undefined code ${code}`);
      const from = codeStart[code];
      length = codeLength[code];
      const end = Math.min(size, position + length);
      for (let source = from; position < end; ) out[position++] = out[source++];
    }
  }
}

const HASH_SIZE = 16384;

/**
 * Encodes bytes as TIFF LZW (`decodeLzw` reverses it).
 *
 * Source: as `decodeLzw`. Cost: linear in `input`; strings are found in an open hash table of (prefix, byte).
 */
export function encodeLzw(input: Uint8Array): Uint8Array {
  const out = new Uint8Array(Math.ceil(input.length * 1.5) + 16);
  const keys = new Int32Array(HASH_SIZE);
  const codes = new Uint16Array(HASH_SIZE);
  let at = 0;
  let bits = 0;
  let nBits = 0;
  let width = 9;
  let next = FIRST;
  const put = (code: number): void => {
    bits = ((bits & 0xffff) << width) | code;
    nBits += width;
    while (nBits >= 8) {
      nBits -= 8;
      out[at++] = (bits >>> nBits) & 0xff;
    }
  };

  put(CLEAR);
  let prefix = -1;
  for (let i = 0; i < input.length; i++) {
    const byte = input[i];
    if (prefix < 0) {
      prefix = byte;
      continue;
    }
    const key = ((prefix << 8) | byte) + 1;
    let slot = Math.imul(key, 0x9e3779b1) >>> 18;
    while (keys[slot] !== 0 && keys[slot] !== key) slot = (slot + 1) & (HASH_SIZE - 1);
    if (keys[slot] === key) {
      prefix = codes[slot];
      continue;
    }
    put(prefix);
    keys[slot] = key;
    codes[slot] = next++;
    if (next === MAX_CODES - 2) {
      put(CLEAR);
      keys.fill(0);
      width = 9;
      next = FIRST;
    } else if (next === 1 << width) {
      width++;
    }
    prefix = byte;
  }
  if (prefix >= 0) {
    put(prefix);
    if (next + 1 === 1 << width) width++;
  }
  put(END);
  if (nBits > 0) out[at++] = (bits << (8 - nBits)) & 0xff;
  return out.slice(0, at);
}
