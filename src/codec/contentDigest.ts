import { createHash, type Hash } from 'node:crypto';

/**
 * Hex SHA-256 of what a value says: typed arrays by their bytes, plain arrays, maps and sets in their order, objects by
 * their names, whatever order these were given in. The same in every process.
 */
export function contentDigest(value: unknown): string {
  const hash = createHash('sha256');
  feed(hash, value);
  return hash.digest('hex');
}

function feed(hash: Hash, value: unknown): void {
  if (ArrayBuffer.isView(value)) {
    hash.update(`${value.constructor.name} ${value.byteLength} `);
    hash.update(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
  } else if (Array.isArray(value)) {
    hash.update(`array ${value.length} `);
    for (const part of value) feed(hash, part);
  } else if (value instanceof Map || value instanceof Set) {
    hash.update(value instanceof Map ? 'map ' : 'set ');
    feed(hash, [...value]);
  } else if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    hash.update(`object ${entries.length} `);
    for (const [name, part] of entries) {
      hash.update(`${JSON.stringify(name)} `);
      feed(hash, part);
    }
  } else {
    const text = Object.is(value, -0) ? '-0' : String(value);
    hash.update(`${typeof value} ${text.length} ${text} `);
  }
}
