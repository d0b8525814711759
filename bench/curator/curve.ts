import type { Random } from '../../src/array/index.ts';
import { fromLinks, scoreTracks } from '../../src/score/index.ts';
import { eventAfter, eventName, type LineageEvent } from '../../viewer/src/review/events.ts';
import type { ReviewItem } from '../../viewer/src/review/items.ts';
import type { Desk } from './desk.ts';
import { decide } from './robot.ts';
import type { Scene } from './scene.ts';

/** How good the lineage is after so many decisions. */
export interface Point {
  decisions: number;
  TRA: number;
  /** Division F1 without tolerance: parent and both daughters as they are, which is what the robot mends. */
  divisions: number;
}

/** Scores predecessors (by row of the scene's detections) against the scene's truth. */
export async function scoreParents(
  scene: Scene,
  parent: ArrayLike<number>,
  decisions: number,
): Promise<Point> {
  const target = Array.from({ length: parent.length }, (_, v) => v).filter((v) => parent[v]! >= 0);
  const links = {
    count: target.length,
    source: Int32Array.from(target, (v) => parent[v]!),
    target: Int32Array.from(target),
  };
  const { truth, detections } = scene;
  const scores = await scoreTracks(fromLinks(truth.detections, truth.links), fromLinks(detections, links));
  return { decisions, TRA: scores.TRA ?? 0, divisions: scores.divisions.f1[0] ?? 0 };
}

/** A place of the queue, or of the whole lineage, by chance; null = none is left. */
function draw({ data, open }: Desk, among: 'queue' | 'lineage', random: Random): ReviewItem | null {
  if (among === 'queue') {
    const all = open();
    return all.length === 0 ? null : all[random.int(all.length)]!;
  }
  const node = random.int(data.nodes.count);
  const begins = data.nodes.parent[node]! < 0 && random.int(2) === 0;
  const event: LineageEvent = begins ? { kind: 'appearance', node } : eventAfter(data, node);
  return { ...event, name: eventName(data, event), wrong: 0, alert: false, gain: 0 };
}

/** Places in random order, decided by who knows the truth: a point every `every` decisions. */
export async function randomCurve(
  scene: Scene,
  desk: Desk,
  among: 'queue' | 'lineage',
  random: Random,
  most: number,
  every: number,
): Promise<Point[]> {
  const { parent } = desk.data.nodes;
  const curve = [await scoreParents(scene, parent, 0)];
  for (let n = 1; n <= most; n++) {
    const item = draw(desk, among, random);
    if (item === null) break;
    desk.press(item, decide(desk.offer(item), parent, scene.parent));
    if (n % every === 0) curve.push(await scoreParents(scene, parent, n));
  }
  return curve;
}

/** Mean of curves with the same decisions. */
export function meanCurve(curves: readonly Point[][]): Point[] {
  return curves[0]!.map(({ decisions }, k) => {
    const mean = (of: 'TRA' | 'divisions'): number =>
      curves.reduce((sum, curve) => sum + (curve[k] ?? curve.at(-1)!)[of], 0) / curves.length;
    return { decisions, TRA: mean('TRA'), divisions: mean('divisions') };
  });
}

/** Decisions after which a curve is as good as `goal`, linearly between its points; Infinity = never. */
export function decisionsFor(curve: readonly Point[], of: 'TRA' | 'divisions', goal: number): number {
  const k = curve.findIndex((point) => point[of] >= goal);
  if (k <= 0) return k === 0 ? 0 : Number.POSITIVE_INFINITY;
  const [a, b] = [curve[k - 1]!, curve[k]!];
  return a.decisions + ((b.decisions - a.decisions) * (goal - a[of])) / (b[of] - a[of]);
}
