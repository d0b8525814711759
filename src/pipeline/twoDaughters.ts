import type { Links } from '../link/types.ts';
import type { Detections } from '../segment/types.ts';

/**
 * The links with at most two daughters a node: of more, the two nearest stay, as a lineage graph of cells has no
 * place for a third.
 *
 * @returns the links and how many were left out
 */
export function keepTwoDaughters(detections: Detections, links: Links): { links: Links; dropped: number } {
  const { z, y, x } = detections;
  const bySource = new Map<number, number[]>();
  for (let k = 0; k < links.count; k++) {
    const others = bySource.get(links.source[k]);
    if (others === undefined) bySource.set(links.source[k], [k]);
    else others.push(k);
  }
  const distance = (k: number): number => {
    const [a, b] = [links.source[k], links.target[k]];
    return Math.hypot(z[a] - z[b], y[a] - y[b], x[a] - x[b]);
  };
  const out = new Set<number>();
  for (const rows of bySource.values()) {
    if (rows.length <= 2) continue;
    for (const k of rows.sort((a, b) => distance(a) - distance(b) || a - b).slice(2)) out.add(k);
  }
  if (out.size === 0) return { links, dropped: 0 };
  const keep = (_: number, k: number): boolean => !out.has(k);
  const kept: Links = {
    count: links.count - out.size,
    source: links.source.filter(keep),
    target: links.target.filter(keep),
    cost: links.cost.filter(keep),
    prob: links.prob.filter(keep),
  };
  return { links: kept, dropped: out.size };
}
