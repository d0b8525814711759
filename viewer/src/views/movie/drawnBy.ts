import { effect } from '@preact/signals-core';
import { h } from '../../dom.ts';
import { type BackendChoice, type BackendName, keepChoice } from '../../image/choice.ts';
import type { SwitchingBackend } from '../../image/switching.ts';

const NAMES: Record<BackendName, string> = { cpu: 'processor', webgl2: 'graphics card' };

/** Who draws the image, and the choice of it, which this machine remembers. */
export function createDrawnBy({ choice, name }: SwitchingBackend): HTMLElement {
  const select = h(
    'select',
    {
      class: 'select',
      'aria-label': 'Drawn by',
      onchange: () => {
        choice.value = select.value as BackendChoice;
        keepChoice(choice.value, localStorage);
      },
    },
    h('option', { value: 'auto' }, ''),
    h('option', { value: 'cpu' }, 'Processor'),
    h('option', { value: 'webgl2' }, 'Graphics card (WebGL2)'),
  );
  effect(() => {
    const auto = choice.value === 'auto';
    select.options[0]!.textContent = auto ? `The faster one (${NAMES[name.value]})` : 'The faster one';
    select.value = choice.value;
  });
  return h(
    'label',
    { class: 'drawn-by', title: 'Both give the same picture' },
    h('span', { class: 'slider-name' }, 'Drawn by'),
    select,
  );
}
