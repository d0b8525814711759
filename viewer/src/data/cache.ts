/** A cache of planes by key, bounded by bytes; the longest unused goes first. Requests under way are shared. */
export interface PlaneCache<T> {
  /** The value, if it is here. */
  peek(key: string): T | undefined;
  /** The value, fetched when it is not here. */
  load(key: string): Promise<T>;
  /** Forgets a value. */
  drop(key: string): void;
  /** Drops every request under way whose key is not wanted any more. */
  keepOnly(wanted: ReadonlySet<string>): void;
  readonly bytes: number;
  readonly pending: number;
  readonly keys: readonly string[];
}

interface Entry<T> {
  value: T;
  bytes: number;
}

/**
 * @param fetchOne brings the value of a key; its signal ends the request
 * @param maxBytes the newest value is kept even when it alone is larger
 */
export function createCache<T>(
  fetchOne: (key: string, signal: AbortSignal) => Promise<T>,
  bytesOf: (value: T) => number,
  maxBytes: number,
): PlaneCache<T> {
  const entries = new Map<string, Entry<T>>();
  const underWay = new Map<string, { promise: Promise<T>; abort: AbortController }>();
  let bytes = 0;

  const keep = (key: string, value: T): void => {
    const size = bytesOf(value);
    entries.set(key, { value, bytes: size });
    bytes += size;
    for (const [old, entry] of entries) {
      if (bytes <= maxBytes || old === key) break;
      entries.delete(old);
      bytes -= entry.bytes;
    }
  };

  return {
    peek(key) {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      entries.delete(key);
      entries.set(key, entry);
      return entry.value;
    },
    load(key) {
      const entry = this.peek(key);
      if (entry !== undefined) return Promise.resolve(entry);
      const running = underWay.get(key);
      if (running !== undefined) return running.promise;
      const abort = new AbortController();
      const promise = fetchOne(key, abort.signal)
        .then((value) => {
          if (!abort.signal.aborted) keep(key, value);
          return value;
        })
        .finally(() => {
          if (underWay.get(key)?.abort === abort) underWay.delete(key);
        });
      underWay.set(key, { promise, abort });
      return promise;
    },
    drop(key) {
      bytes -= entries.get(key)?.bytes ?? 0;
      entries.delete(key);
    },
    keepOnly(wanted) {
      for (const [key, { abort }] of underWay) {
        if (wanted.has(key)) continue;
        underWay.delete(key);
        abort.abort();
      }
    },
    get bytes() {
      return bytes;
    },
    get pending() {
      return underWay.size;
    },
    get keys() {
      return [...entries.keys()];
    },
  };
}

/** True for the failure of a request that was dropped on purpose. */
export const isAbort = (error: unknown): boolean =>
  error instanceof DOMException && error.name === 'AbortError';
