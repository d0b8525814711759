import type { Detections } from '../../segment/types.ts';
import type { Motion } from '../motion/types.ts';
import type { Context } from './context.ts';
import { foretell, type Momentum, momentumBefore, momentumOf } from './momentum.ts';
import type { Candidates } from './types.ts';

/**
 * What is measured of every candidate, before any belief about it; lengths in units of the source's frame. Residuals are
 * displacements less motion and momentum, squared, along z and in the plane.
 */
export interface Measures {
  edgeZ: Float32Array;
  edgePlane: Float32Array;
  /** Usual length of such residuals, as a share of those without momentum. */
  share: Float32Array;
  /** ln(size after / size before); NaN = not known. */
  growth: Float32Array;
  /** Of the middle of both daughters. */
  middleZ: Float32Array;
  middlePlane: Float32Array;
  middleShare: Float32Array;
  /** ln of the daughters' separation. */
  lnApart: Float32Array;
  /** ln(sum of the daughters' sizes / the parent's) and ln of their ratio; NaN = not known. */
  total: Float32Array;
  ratio: Float32Array;
}

/** Smallest separation: detections on top of each other have one, too. */
const TOUCHING = 1e-3;

/** ln(e^a + e^b). */
function lnSum(a: number, b: number): number {
  return Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b)));
}

/** Measures all candidates, in O(edges + pairs). */
export function measureCandidates(
  { t, z, y, x }: Detections,
  motion: Motion,
  scale: Float64Array,
  candidates: Candidates,
  context: Context,
  momentum: Momentum,
): Measures {
  const { count, target, edgeStart, nEdges, pairStart, pairA, pairB, nPairs } = candidates;
  const edges = (): Float32Array => new Float32Array(nEdges);
  const pairs = (): Float32Array => new Float32Array(nPairs);
  const out: Measures = {
    edgeZ: edges(),
    edgePlane: edges(),
    share: edges(),
    growth: edges(),
    middleZ: pairs(),
    middlePlane: pairs(),
    middleShare: pairs(),
    lnApart: pairs(),
    total: pairs(),
    ratio: pairs(),
  };
  const told = new Float64Array(3);
  const { sizeBack, sizeAhead } = context;
  for (let u = 0; u < count; u++) {
    const unit = scale[t[u]];
    for (let k = edgeStart[u]; k < edgeStart[u + 1]; k++) {
      const v = target[k];
      const about = momentumOf(momentum, context, u, v);
      foretell(context, about, u, v, told);
      out.edgeZ[k] = ((z[v] - motion.z[u]) / unit - told[0]) ** 2;
      out.edgePlane[k] =
        ((y[v] - motion.y[u]) / unit - told[1]) ** 2 + ((x[v] - motion.x[u]) / unit - told[2]) ** 2;
      out.share[k] = about.share;
      out.growth[k] = sizeAhead[v] - sizeBack[u];
    }
    if (pairStart[u] === pairStart[u + 1]) continue;
    const about = momentumBefore(momentum, context, u);
    foretell(context, about, u, u, told);
    for (let p = pairStart[u]; p < pairStart[u + 1]; p++) {
      const [v, w] = [target[pairA[p]], target[pairB[p]]];
      out.middleZ[p] = (((z[v] + z[w]) / 2 - motion.z[u]) / unit - told[0]) ** 2;
      out.middlePlane[p] =
        (((y[v] + y[w]) / 2 - motion.y[u]) / unit - told[1]) ** 2 +
        (((x[v] + x[w]) / 2 - motion.x[u]) / unit - told[2]) ** 2;
      out.middleShare[p] = about.share;
      const apart = Math.hypot(z[v] - z[w], y[v] - y[w], x[v] - x[w]) / unit;
      out.lnApart[p] = Math.log(Math.max(TOUCHING, apart));
      out.total[p] = lnSum(sizeAhead[v], sizeAhead[w]) - sizeBack[u];
      out.ratio[p] = sizeAhead[v] - sizeAhead[w];
    }
  }
  return out;
}
