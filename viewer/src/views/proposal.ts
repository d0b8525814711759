import { effect } from '@preact/signals-core';
import type { App } from '../app.ts';
import { findNode } from '../data/refs.ts';
import { h } from '../dom.ts';
import type { Proposals } from '../edits/proposal.ts';
import { withKeys } from '../keys/hints.ts';

/** Trees named one by one at most; all are in the buttons that take or leave everything. */
const MOST_TREES = 6;

/** What the linker would change, to be taken or left as a whole or tree by tree. */
export function createProposalPanel(app: App, proposals: Proposals): HTMLElement {
  const text = h('p', {});
  const trees = h('div', { class: 'proposal-trees' });
  const accept = h('button', { type: 'button', class: 'choice', onclick: () => void proposals.accept() });
  const reject = h('button', { type: 'button', class: 'choice', onclick: () => proposals.reject() });
  effect(() => {
    accept.textContent = withKeys('Accept all ({verify})');
    reject.textContent = withKeys('Reject ({clear})');
  });
  const element = h(
    'section',
    { class: 'proposal', role: 'region', 'aria-label': 'What the linker would change', hidden: true },
    text,
    trees,
    h('div', { class: 'proposal-buttons' }, accept, reject),
  );
  effect(() => {
    const now = proposals.proposal.value;
    const asking = proposals.asking.value;
    element.hidden = now === null && asking === '';
    accept.hidden = now === null;
    if (now === null) {
      text.textContent = asking === '' ? '' : `Asking the linker ${asking}…`;
      trees.replaceChildren();
      return;
    }
    const count = (n: number, what: string): string => `${n} ${n === 1 ? 'link' : 'links'} ${what}`;
    const where = now.near === '' ? 'The linker,' : `Around ${now.near} the linker,`;
    text.textContent = `${where} keeping your edits, would have ${count(now.added.length, 'more')} (green) and ${count(now.removed.length, 'less')} (orange).`;
    trees.replaceChildren(
      ...now.trees.slice(0, MOST_TREES).map(({ lineage, added, removed }) =>
        h(
          'button',
          {
            type: 'button',
            class: 'choice',
            title: 'Accept the changes of this lineage alone',
            onclick: () => void proposals.accept(lineage),
          },
          `lineage ${lineage}: +${added.length} −${removed.length}`,
        ),
      ),
    );
    const first = findNode(app.data, (now.added[0] ?? now.removed[0]!)[1]);
    if (first >= 0) app.goTo(app.data.nodes.t[first]!);
  });
  return element;
}
