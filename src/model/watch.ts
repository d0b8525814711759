/**
 * Where this thread shows that it is inside the runtime, which blocks it and cannot be stopped: an Int32 that is odd
 * while it is. Null = nobody looks.
 */
let beats: Int32Array | null = null;

/** When this thread was inside the runtime since `takeSpans`: start and end in turn, milliseconds since 1970. */
let spans: number[] = [];

/** Shows the runs of this thread's networks from now on in `beats[0]`, which must be even. */
export function watchRuns(shared: Int32Array): void {
  beats = shared;
}

/**
 * Calls into the runtime, or into another library that nothing can stop; the thread counts as inside it until the promise
 * settles.
 *
 * @param seconds that it may take, 0 = as long as the task's runs may
 */
export async function insideRuntime<T>(call: () => Promise<T>, seconds = 0): Promise<T> {
  const shown = beats;
  if (shown !== null) {
    if (shown.length > 3) Atomics.store(shown, 3, seconds);
    Atomics.add(shown, 0, 1);
  }
  const start = performance.timeOrigin + performance.now();
  try {
    return await call();
  } finally {
    if (shown !== null) {
      Atomics.add(shown, 0, 1);
      spans.push(start, performance.timeOrigin + performance.now());
    }
  }
}

/** The spans that were not taken yet, of a thread that somebody watches. */
export function takeSpans(): number[] {
  const taken = spans;
  spans = [];
  return taken;
}
