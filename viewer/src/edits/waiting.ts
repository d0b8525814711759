import type { App, Place } from '../app.ts';
import type { Candidate } from './candidates.ts';
import type { Verb } from './verbs.ts';

/** What an edit by hand waits for: cells, places for a cut or an outline, or one of the detector's candidates. */
export type Waiting =
  | { kind: 'cells'; verb: Verb; node: number; picked: readonly number[] }
  | { kind: 'split'; node: number; places: readonly Place[] }
  | { kind: 'outline'; places: readonly Place[] }
  | { kind: 'candidates'; list: readonly Candidate[]; at: number };

/** What is to be done next, in words; '' = nothing waits. */
export function promptOf(app: App, now: Waiting | null): string {
  if (now === null) return '';
  if (now.kind === 'cells') {
    const track = app.data.nodes.tracklet[now.node];
    return `${now.verb.name.replaceAll('-', ' ')}, track ${track}: ${now.verb.prompt}; or arrows and Enter`;
  }
  if (now.kind === 'split') {
    return now.places.length === 0
      ? 'split: click both halves, or both ends of a cut; Enter cuts where the outline suggests'
      : 'split: click the other half, or the other end of the cut';
  }
  if (now.kind === 'outline') return `outline: click its corners (${now.places.length}); Enter closes it`;
  const sure = Math.round(100 * now.list[now.at]!.prob);
  return `candidate ${now.at + 1} of ${now.list.length}, ${sure} % sure: arrows choose, Enter or a click adds it`;
}
