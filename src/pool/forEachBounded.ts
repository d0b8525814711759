/**
 * Runs `work` on every item with at most `width` under way (the back-pressure of the whole product: what is not
 * started holds no memory). After the first failure, or once `signal` is aborted, nothing new is started; what runs
 * is waited for.
 *
 * @throws the first failure, or the signal's reason
 */
export async function forEachBounded<T>(
  items: Iterable<T>,
  width: number,
  work: (item: T) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  const iterator = items[Symbol.iterator]();
  let failed = false;
  let failure: unknown;
  const lane = async (): Promise<void> => {
    while (!failed && !signal?.aborted) {
      const next = iterator.next();
      if (next.done) return;
      try {
        await work(next.value);
      } catch (error) {
        if (!failed) failure = error;
        failed = true;
      }
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
  if (failed) throw failure;
  signal?.throwIfAborted();
}
