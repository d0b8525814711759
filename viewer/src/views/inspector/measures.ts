import type { App } from '../../app.ts';
import { measureDivision } from '../../data/measures.ts';
import { branchOf } from '../../data/navigate.ts';
import { formatNumber, formatSpan } from '../../data/units.ts';
import { chanceText } from '../../review/chances.ts';

/** A measurement: its name, its value, and what it means. */
export interface Fact {
  name: string;
  value: string;
  title: string;
}

/** Place of a dividing node in the list of divisions, by binary search; -1 = not there. */
export function divisionIndex(divisions: Int32Array, node: number): number {
  let [low, high] = [0, divisions.length - 1];
  while (low <= high) {
    const mid = (low + high) >> 1;
    if (divisions[mid] === node) return mid;
    if (divisions[mid]! < node) low = mid + 1;
    else high = mid - 1;
  }
  return -1;
}

/**
 * What is measured of a division.
 *
 * @param prob how sure it is, as in the queue and the contact sheet; NaN = not known
 */
export function divisionFacts(app: App, node: number, prob: number): Fact[] {
  const { nodes } = app.data;
  const [a, b] = [nodes.childA[node]!, nodes.childB[node]!];
  const apart = Math.hypot(nodes.x[a]! - nodes.x[b]!, nodes.y[a]! - nodes.y[b]!, nodes.z[a]! - nodes.z[b]!);
  const [sizeA, sizeB] = [nodes.size[a]!, nodes.size[b]!];
  const ratio = Math.min(sizeA, sizeB) / Math.max(sizeA, sizeB);
  const certainty = app.certainty.value;
  const { angle, cellCycle: cycle } = measureDivision(app.data, certainty, node);
  const flat = app.data.info.run.movie.ndim === 2;
  const facts: Fact[] = [
    {
      name: 'Apart',
      // To a tenth of a micrometre, as in the table; of bacteria, finer.
      value: `${formatNumber(apart, apart < 10 ? 2 : 3)} µm`,
      title: 'Distance between the daughters in their first frame',
    },
    ...(Number.isNaN(ratio)
      ? []
      : [
          {
            name: flat ? 'Areas A : B' : 'Vol. A : B',
            value: formatNumber(ratio, 2),
            title: 'Smaller daughter over larger daughter',
          },
          {
            name: 'A + B : P',
            value: formatNumber((sizeA + sizeB) / nodes.size[node]!, 2),
            title: 'Both daughters together over their parent in its last frame',
          },
        ]),
    ...lightFacts(app, node),
    {
      name: 'Cell cycle',
      value: Number.isNaN(cycle) ? 'founder' : formatSpan(cycle, app.unit),
      title: 'From the birth of the parent to this division',
    },
  ];
  if (flat)
    facts.splice(1, 0, {
      name: 'Axis',
      value: Number.isNaN(angle) ? '–' : `${angle.toFixed(0)}°`,
      title: 'Angle of the line through both daughters to the x axis',
    });
  if (!Number.isNaN(prob))
    facts.push({
      name: 'Sure',
      value: chanceText(prob),
      title: 'Probability that the linker gives this division',
    });
  return facts;
}

/** Light of the daughters against that of their parent, of the first channel; none where it was not measured. */
function lightFacts({ data: { nodes, info } }: App, node: number): Fact[] {
  const light = nodes.intensity;
  const width = light === undefined || nodes.count === 0 ? 0 : light.length / nodes.count;
  if (width === 0) return [];
  const of = (i: number): number => light![i * width]!;
  const ratio = (of(nodes.childA[node]!) + of(nodes.childB[node]!)) / (2 * of(node));
  if (!Number.isFinite(ratio)) return [];
  const channel = info.run.movie.channels[0]?.name ?? 'the first channel';
  return [
    {
      name: 'Light',
      value: `× ${formatNumber(ratio, 2)}`,
      title: `Mean light of both daughters over that of their parent, ${channel}`,
    },
  ];
}

/** What is measured of a cell that has no division. */
export function cellFacts(app: App, node: number): Fact[] {
  const { branches, nodes } = app.data;
  const b = branchOf(app.data, node);
  const flat = app.data.info.run.movie.ndim === 2;
  const facts: Fact[] = [
    { name: 'Track', value: String(b + 1), title: 'Number of the track' },
    {
      name: 'Seen for',
      // Frames are counted, the first one too; time passes between them.
      value: formatSpan(branches.t1[b]! - branches.t0[b]! + Number(app.unit.name === 'frame'), app.unit),
      title: 'From first to last frame',
    },
  ];
  if (nodes.size[node]! > 0) {
    const value = `${formatNumber(nodes.size[node]!)} ${flat ? 'µm²' : 'µm³'}`;
    facts.push({ name: flat ? 'Area' : 'Volume', value, title: 'In the middle frame' });
  }
  if (nodes.radius[node]! > 0) {
    facts.push({
      name: 'Radius',
      value: `${formatNumber(nodes.radius[node]!)} µm`,
      title: 'In the middle frame',
    });
  }
  return facts;
}
