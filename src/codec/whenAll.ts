/**
 * `Promise.all` that waits for every promise before it throws the first failure: afterwards nothing is under way that
 * could write where the caller cleans up.
 */
export async function whenAll<T>(promises: Iterable<Promise<T>>): Promise<T[]> {
  const outcomes = await Promise.allSettled(promises);
  return outcomes.map((outcome) => {
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  });
}
