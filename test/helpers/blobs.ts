import type { NdArray } from '../../src/array/index.ts';

/** Draws from [0, n) of the linear congruential generator that test/fixtures/parity/blobs.py has too. */
export function lcg(seed: number): (n: number) => number {
  let state = seed >>> 0;
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 16) % n;
  };
}

/** The picture of noise and ellipsoids that test/fixtures/parity/blobs.py makes, to the bit; `shape` of 2 or 3 axes. */
export function blobs(
  shape: readonly number[],
  count: number,
  radius: number,
  seed: number,
): NdArray<Float32Array> {
  const draw = lcg(seed);
  const size = shape.reduce((product, n) => product * n, 1);
  const image = new Float64Array(size);
  for (let i = 0; i < count; i++) {
    const centre = shape.map((n) => draw(n));
    const radii = shape.map(() => radius + draw(radius + 1));
    if (shape.length === 3) radii[0] = (radii[0] + 1) >> 1;
    const bright = 60 + draw(130);
    const full = radii.reduce((product, r) => product * r * r, 1);
    const share = radii.map((r) => Math.floor(full / (r * r)));
    for (let at = 0; at < size; at++) {
      let q = 0;
      for (let axis = shape.length - 1, rest = at; axis >= 0; axis--) {
        q += ((rest % shape[axis]) - centre[axis]) ** 2 * share[axis];
        rest = Math.floor(rest / shape[axis]);
      }
      if (q > full) continue;
      image[at] = Math.max(image[at], Math.floor((bright * Math.min(full, 2 * (full - q))) / full));
    }
  }
  const data = Float32Array.from(image, (value) => value + 20 + draw(16) + draw(16));
  return { data, shape: [...shape] };
}
