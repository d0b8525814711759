import type { App } from '../app.ts';
import { h, iconButton } from '../dom.ts';
import type { EditLog } from '../edits/log.ts';
import { markCommand, marksOfCell } from '../edits/marking.ts';
import { branchColour, css } from '../image/palette.ts';
import { takeBack } from '../keys/hints.ts';

const split = (text: string): string[] => [
  ...new Set(
    text
      .split(',')
      .map((tag) => tag.trim())
      .filter((tag) => tag !== ''),
  ),
];

/** A field with its name beside it. */
const field = (name: string, input: HTMLElement): HTMLElement =>
  h('label', { class: 'field' }, h('span', {}, name), input);

/** What the selected cell is called and marked with, and what its descendants are called. */
export function createMarks(
  app: App,
  log: EditLog,
  say: (text: string) => void,
): { element: HTMLDialogElement; open(): void } {
  const text = (name: string, placeholder: string): HTMLInputElement =>
    h('input', { type: 'text', class: 'filter', 'aria-label': name, placeholder, maxlength: 200 });
  const name = text('Name', 'for example ABa');
  const tags = text('Tags', 'with commas between');
  const group = text('Group', 'name of a group');
  const colour = h('input', { type: 'color', 'aria-label': 'Colour' });
  const own = h('input', { type: 'checkbox', 'aria-label': 'A colour of its own' });
  const family = h('input', { type: 'checkbox' });
  const axis = h(
    'select',
    { class: 'select', 'aria-label': 'Axis that tells daughters apart' },
    ...(['x', 'y', 'z'] as const).map((value) => h('option', { value }, `along ${value}`)),
  );
  const letters = h('input', {
    type: 'text',
    class: 'filter letters',
    'aria-label': 'Letters of the two daughters',
    value: 'a p',
    maxlength: 9,
  });
  const groups = h('datalist', { id: 'group-names' });
  group.setAttribute('list', 'group-names');
  colour.addEventListener('input', () => (own.checked = true));
  let node = -1;
  const title = h('h2', { tabindex: -1 }, 'Cell');
  const form = h(
    'form',
    { method: 'dialog', onsubmit: () => void save() },
    field('Name', name),
    h(
      'div',
      { class: 'field' },
      h('label', {}, family, ' name the descendants too: one letter more a division'),
      h('span', { class: 'naming' }, axis, letters),
    ),
    field('Tags', tags),
    h('div', { class: 'field' }, h('span', {}, 'Colour'), h('span', { class: 'naming' }, own, colour)),
    field('Put into group', group),
    groups,
    h(
      'div',
      { class: 'dialog-buttons' },
      h('button', { type: 'submit', class: 'choice accept' }, 'Save (Enter)'),
    ),
  );
  const element = h(
    'dialog',
    { class: 'marks', 'aria-label': 'Name, colour and tags' },
    h(
      'header',
      { class: 'tools' },
      title,
      h('span', { class: 'spring' }),
      iconButton('close', 'Close (Esc)', () => element.close()),
    ),
    form,
  );

  async function save(): Promise<void> {
    const [first = 'a', second = 'p'] = letters.value.trim().split(/[\s,/]+/);
    const wanted = {
      name: name.value.trim(),
      family: family.checked
        ? { axis: axis.value as 'x' | 'y' | 'z', letters: [first, second] as const }
        : null,
      colour: own.checked ? colour.value : null,
      tags: split(tags.value),
      group: group.value.trim(),
    };
    const command = markCommand(app.data, app.marks.peek(), node, wanted);
    if (typeof command === 'string') return;
    if (!(await log.run(command, 'mark'))) return;
    const label = log.undo.peek()?.label ?? 'mark';
    say(`${label[0]!.toUpperCase()}${label.slice(1)}${takeBack()}`);
  }

  return {
    element,
    open() {
      node = app.cursor();
      const closed = log.standing.peek();
      if (closed.kind === 'closed') {
        say(closed.error || 'This page is for looking only');
        return;
      }
      if (node < 0) {
        say('Select a cell first');
        return;
      }
      const b = app.data.nodes.tracklet[node]! - 1;
      const now = marksOfCell(app.data, app.marks.peek(), node);
      title.textContent = `Track ${b + 1}, frame ${app.data.nodes.t[node]}`;
      name.value = now.name;
      tags.value = now.tags.join(', ');
      own.checked = now.colour !== null;
      colour.value =
        now.colour ??
        css(branchColour(app.colours.peek(), b, app.state.colourBy.peek(), app.state.light.peek()));
      family.checked = false;
      group.value = '';
      groups.replaceChildren(...[...app.marks.peek().groups.keys()].map((value) => h('option', { value })));
      element.showModal();
      name.focus();
      name.select();
    },
  };
}
