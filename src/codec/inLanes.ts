/** Things that wait for the disk at the same time: Node has four threads for files. */
const LANES = 4;

/**
 * Makes `count` things, some at a time, in order of their index; ends when one fails, and waits for what is under way.
 *
 * @returns what was made, by index
 * @throws the failure of the lowest index, whichever came first
 */
export async function inLanes<T>(count: number, make: (index: number) => Promise<T>): Promise<T[]> {
  const made: T[] = [];
  const failures: { index: number; error: unknown }[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count && failures.length === 0) {
      const index = next++;
      try {
        made[index] = await make(index);
      } catch (error) {
        failures.push({ index, error });
      }
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  const [first] = failures.sort((a, b) => a.index - b.index);
  if (first !== undefined) throw first.error;
  return made;
}
