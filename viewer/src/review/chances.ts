/** What is known of a place, as chances that sum to 1; NaN = not weighed by itself, and so a part of `rest`. */
export interface Chances {
  now: number;
  others: number[];
  /** Everything that has no chance of its own; NaN = nothing at all is known. */
  rest: number;
}

const known = (p: number): number => (Number.isNaN(p) ? 0 : Math.min(1, Math.max(0, p)));
const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/**
 * Makes one whole of what was said of a place. How sure the linker is of what it chose was compared with how often it is
 * right, and counts; its alternatives were weighed by the model alone, and get no more than is left.
 *
 * @param now probability of what is there now
 * @param others probabilities of other explanations, none of which holds together with another or with what is now
 */
export function shareOut(now: number, others: readonly number[]): Chances {
  if ([now, ...others].every(Number.isNaN)) return { now, others: [...others], rest: Number.NaN };
  const room = 1 - known(now);
  const named = sum(others.map(known));
  const scale = named > room ? room / named : 1;
  const own = (p: number): number => (Number.isNaN(p) ? p : known(p) * scale);
  return {
    now: Number.isNaN(now) ? now : known(now),
    others: others.map(own),
    rest: named >= room ? 0 : room - named,
  };
}

/**
 * Chances in whole per cent that sum to 100, by largest remainders; NaN stays. That of `now` is rounded by itself, as it
 * stands elsewhere too.
 */
export function inPercent({ now, others, rest }: Chances): Chances {
  if (Number.isNaN(rest)) return { now, others: [...others], rest };
  const first = Math.round(100 * now);
  const exact = [...others, rest].map((p) => 100 * known(p));
  const whole = exact.map(Math.floor);
  const left = 100 - (Number.isNaN(first) ? 0 : first) - sum(whole);
  const byRemainder = exact.map((_, k) => k).sort((a, b) => part(exact[b]!) - part(exact[a]!) || a - b);
  for (const k of byRemainder.slice(0, Math.max(0, left))) whole[k]!++;
  const shown = others.map((p, k) => (Number.isNaN(p) ? p : whole[k]!));
  return { now: first, others: shown, rest: whole.at(-1)! };
}

const part = (x: number): number => x - Math.floor(x);

/** A chance that stands by itself, as text. */
export const chanceText = (chance: number): string => percentText(Math.round(100 * chance), chance);

/** A chance as text: whole per cent, but never that something cannot be or must be when it need not. */
export function percentText(percent: number, chance: number): string {
  if (Number.isNaN(percent)) return '';
  if (percent === 0 && chance > 0) return '< 1 %';
  if (percent === 100 && chance < 1) return '> 99 %';
  return `${percent} %`;
}
