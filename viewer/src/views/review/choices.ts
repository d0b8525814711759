import { effect } from '@preact/signals-core';
import type { App } from '../../app.ts';
import { h, setText } from '../../dom.ts';
import { caps } from '../../keys/caps.ts';
import { keyOf } from '../../keys/hints.ts';
import type { Command } from '../../keys/keymap.ts';
import { inPercent, percentText } from '../../review/chances.ts';
import { describe } from '../../review/decide.ts';
import type { Explanation } from '../../review/explain.ts';
import { reasonsOf } from '../../review/reasons.ts';
import type { Review } from '../../review/review.ts';

/** What the current item is, what else it could be, and the key for each. */
export function createChoices(app: App, review: Review): HTMLElement {
  const why = h('p', { class: 'why' });
  const list = h('div', { class: 'choice-list', role: 'group', 'aria-label': 'What happens here' });
  const rest = h('p', { class: 'rest muted' });
  const element = h('div', { class: 'decide', hidden: true }, why, list, rest);

  const option = (
    command: Command,
    text: string,
    [prob, percent]: readonly [number, number],
    act: () => void,
    role = '',
  ): HTMLElement => {
    const share = h('span', { class: 'share', 'aria-hidden': 'true' });
    share.style.setProperty('--share', String(Number.isNaN(prob) ? 0 : prob));
    return h(
      'button',
      { type: 'button', class: `option ${role}`, title: text, onclick: act },
      ...keyCaps(command),
      h('span', { class: 'option-text' }, text),
      h('span', { class: 'prob muted' }, percentText(percent, prob)),
      share,
    );
  };

  effect(() => {
    const [item, choices] = [review.current.value, review.choices.value];
    element.hidden = item === null || choices === null;
    if (item === null || choices === null) return;
    const say = (one: Explanation): string => describe(app.data, item, one);
    const decided = review.stateOf(item);
    const reasons = reasonsOf(app, review.usual.value, item);
    why.textContent = reasons.length > 0 ? sentence(reasons.join(', ')) : 'The linker is not sure.';
    const standing = review.log.standing.value;
    const chances = [choices.now, ...choices.others].map(({ prob }) => prob);
    const shown = inPercent({ now: chances[0]!, others: chances.slice(1), rest: choices.rest });
    // Nothing has a chance of nothing: it is not worth a line.
    rest.hidden = !(shown.rest > 0);
    setText(rest, `${restText(chances)} · ${percentText(shown.rest, choices.rest)}`);
    list.replaceChildren(
      option(
        'verify',
        `${say(choices.now)}${decided === null ? '' : ` (${decided})`}`,
        [choices.now.prob, shown.now],
        review.verify,
        `is-now ${choices.others.length % 2 === 0 ? 'is-over' : ''}`,
      ),
      ...choices.others.map((other, k) =>
        option(`apply-${k + 1}` as Command, say(other), [other.prob, shown.others[k]!], () =>
          review.apply(k),
        ),
      ),
      option('skip', 'skip', [Number.NaN, Number.NaN], review.skip, 'is-skip'),
    );
    for (const button of list.querySelectorAll('button')) button.disabled = standing.kind === 'closed';
  });
  return element;
}

/** What has no number of its own. */
const restText = (chances: readonly number[]): string =>
  chances.some(Number.isNaN) ? 'without a number, or something else' : 'something else';

/** The key of a command, where it has one. */
const keyCaps = (command: Command): HTMLElement[] => {
  const key = keyOf.value(command);
  return key === undefined ? [] : caps(key);
};

const sentence = (text: string): string => `${text[0]!.toUpperCase()}${text.slice(1)}.`;
