import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/array/index.ts';
import { loadModel } from '../../src/model/index.ts';
import { openPlanes } from '../helpers/sessions.ts';

const [HEIGHT, WIDTH] = [64, 96];

/** Noise of 0 to 1 whose last row and column are those two before, so that mirroring it twice gives it back. */
function frame(): Float32Array {
  const random = createRandom(7);
  const image = Float32Array.from({ length: HEIGHT * WIDTH }, () => random.uniform());
  for (let y = 0; y < HEIGHT; y++) image[y * WIDTH + WIDTH - 1] = image[y * WIDTH + WIDTH - 3]!;
  image.copyWithin((HEIGHT - 1) * WIDTH, (HEIGHT - 3) * WIDTH, (HEIGHT - 2) * WIDTH);
  return image;
}

/** Pixel i of an axis is pixel n - 2 - i, the last one pixel 1. */
function mirrored(image: Float32Array, down: boolean, across: boolean): Float32Array {
  const from = (i: number, n: number, turn: boolean): number => (turn ? Math.abs(n - 2 - i) : i);
  return Float32Array.from(
    image,
    (_, i) => image[from(Math.floor(i / WIDTH), HEIGHT, down) * WIDTH + from(i % WIDTH, WIDTH, across)]!,
  );
}

/** Largest difference between `turned[k, y, x]` and the value of `values` that `place` names. */
function farthest(turned: Float32Array, values: Float32Array, place: (i: number) => number): number {
  return turned.reduce((most, v, i) => Math.max(most, Math.abs(v - values[place(i)]!)), 0);
}

describe('nuclei-2d-fine', () => {
  it.each([
    [true, false],
    [false, true],
    [true, true],
  ])('sees the same in a frame and in its mirror image (down %s, across %s)', async (down, across) => {
    const session = await openPlanes(await loadModel('nuclei-2d-fine'));
    const image = frame();
    const { prob, dist, height, width } = await session.run(image, HEIGHT, WIDTH);
    const [kept, rays] = [prob.slice(), dist.slice()];
    const other = await session.run(mirrored(image, down, across), HEIGHT, WIDTH);
    const area = height * width;
    const nRays = rays.length / area;
    const at = (i: number): number => {
      const [y, x] = [Math.floor((i % area) / width), i % width];
      return (down ? height - 1 - y : y) * width + (across ? width - 1 - x : x);
    };
    const ray = (k: number): number => {
      const turned = down ? (nRays - k) % nRays : k;
      return across ? (nRays + nRays / 2 - turned) % nRays : turned;
    };
    expect([height, width, nRays]).toEqual([HEIGHT / 2, WIDTH / 2, 32]);
    expect(Math.max(...kept) - Math.min(...kept)).toBeGreaterThan(1e-3);
    expect(farthest(other.prob, kept, at)).toBeLessThan(1e-5);
    expect(farthest(other.dist, rays, (i) => ray(Math.floor(i / area)) * area + at(i))).toBeLessThan(1e-3);
    await session.close();
  });
});
