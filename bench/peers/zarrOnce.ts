import { createArray, openArray, openStore } from '../../src/codec/index.ts';

/**
 * `read <array>` or `copy <array> <new array>`: reads a zarr array frame by frame with morula's reader and, to copy it,
 * writes it as zarr 3 with the same chunks. Prints the sum of every 61st pixel of each frame; `begin` and `end` frame the work without the
 * start of Node. Run by `zarr.ts`; `zarrOnce.py` is the same in Python.
 */
async function main([what, source, target]: readonly string[]): Promise<void> {
  console.log('begin');
  const array = await openArray(await openStore(source!), '');
  const { shape, chunks, dtype } = array;
  const copy = what === 'copy' ? await createArray(target!, { shape, chunks, dtype }) : null;
  let total = 0;
  for (let t = 0; t < shape[0]!; t++) {
    const frame = await array.read([t, ...shape.slice(1).map(() => null)]);
    for (let i = 0; i < frame.data.length; i += 61) total += frame.data[i]!;
    if (copy === null) continue;
    const coords = [t, ...shape.slice(1).map(() => 0)];
    await copy.writeChunk(coords, { data: frame.data, shape: [1, ...shape.slice(1)] });
  }
  console.log('end');
  console.log(`sum ${total}`);
}

await main(process.argv.slice(2));
