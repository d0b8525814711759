import type { Random } from '../../src/array/index.ts';

/** `(z, y, x)`. */
export type Vector = [number, number, number];

/** A right-handed frame: unit vectors u and v at right angles; w = u x v. */
export interface Orientation {
  u: Vector;
  v: Vector;
}

function cross(a: Vector, b: Vector): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

function normalise(a: Vector): Vector {
  const length = Math.hypot(a[0], a[1], a[2]);
  return length > 0 ? [a[0] / length, a[1] / length, a[2] / length] : [0, 0, 1];
}

/** A random direction: uniform on the circle in 2D; in 3D drawn towards the plane by `flatness` (1 = uniform). */
export function randomDirection(random: Random, ndim: 2 | 3, flatness = 1): Vector {
  const z = ndim === 2 ? 0 : random.normal() * flatness;
  return normalise([z, random.normal(), random.normal()]);
}

/** The frame whose first axis is `u`; in 2D its third axis is z. */
export function orientationAlong(u: Vector, random: Random, ndim: 2 | 3): Orientation {
  if (ndim === 2) return { u, v: [0, -u[2], u[1]] };
  const w = normalise(cross(u, randomDirection(random, 3)));
  return { u, v: cross(w, u) };
}

/** Turns a frame by a small random rotation of about `angle` radians; in 2D about z. */
export function jitter(orientation: Orientation, angle: number, random: Random, ndim: 2 | 3): Orientation {
  const { u, v } = orientation;
  if (ndim === 2) {
    const turned = turnAboutZ(u, angle * random.normal());
    return { u: turned, v: [0, -turned[2], turned[1]] };
  }
  const shake = (a: Vector): Vector => [
    a[0] + angle * random.normal(),
    a[1] + angle * random.normal(),
    a[2] + angle * random.normal(),
  ];
  const turned = normalise(shake(u));
  const w = normalise(cross(turned, v));
  return { u: turned, v: cross(w, turned) };
}

/** Rotates `(z, y, x)` about z by `angle` radians. */
export function turnAboutZ(a: Vector, angle: number): Vector {
  const c = Math.cos(angle);
  const s = Math.sin(angle);
  return [a[0], c * a[1] + s * a[2], c * a[2] - s * a[1]];
}
