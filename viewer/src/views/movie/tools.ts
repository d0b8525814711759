import { effect } from '@preact/signals-core';
import type { App } from '../../app.ts';
import { featuresOf } from '../../data/features.ts';
import { choice, h, icon, iconButton } from '../../dom.ts';
import type { ColourBy } from '../../image/palette.ts';
import type { SwitchingBackend } from '../../image/switching.ts';
import type { Rect } from '../../image/windowing.ts';
import { hint } from '../../keys/hints.ts';
import { hasPlanes, planeNumber, toggleProjection } from '../../state/plane.ts';
import { createContrast } from './contrast.ts';
import { createDrawnBy } from './drawnBy.ts';
import type { Planes } from './planes.ts';

const MOST_TAILS = 40;
/** What colours can follow here, in words. */
function colourNames(app: App): [ColourBy, string][] {
  const features = featuresOf(app.data, app.unit).map(({ name }): string =>
    name.split(/, (?=µm)/)[0]!.toLowerCase(),
  );
  return [
    ['lineage', 'lineage'],
    ['generation', 'generation'],
    ['tracklet', 'track'],
    ['suspicion', 'how sure'],
    ...(app.marks.value.groups.size === 0 ? [] : [['group', 'group'] as [ColourBy, string]]),
    ...features.map((name, k): [ColourBy, string] => [`feature${k}`, name]),
  ];
}

/** The row of controls over the movie. */
export function createTools(
  app: App,
  planes: Planes,
  backend: SwitchingBackend,
  visible: () => Rect,
): HTMLElement {
  const { state } = app;
  const marking = choice(
    'cells',
    [
      { value: 'outline', text: 'Outline', title: 'Outline the cells ({marking})' },
      { value: 'fill', text: 'Fill', title: 'Fill the cells ({marking})' },
      { value: 'none', text: 'None', title: 'Show no cells ({marking}); hold {bare} to hide for a moment' },
    ],
    (value) => (state.marking.value = value),
  );
  effect(() => marking.set(state.marking.value));

  const colour = h('select', {
    class: 'select',
    'aria-label': 'Colour by',
    title: 'Colour of cells and branches',
    onchange: () => (state.colourBy.value = colour.value as ColourBy),
  });
  effect(() => {
    const options = colourNames(app).map(([value, name]) => h('option', { value }, `Colour: ${name}`));
    colour.replaceChildren(...options);
    colour.value = state.colourBy.value;
  });

  const tails = h('input', {
    type: 'range',
    min: 0,
    max: MOST_TAILS,
    'aria-label': 'Tail length in frames',
    oninput: () => (state.tails.value = Number(tails.value)),
  });
  hint(tails, 'Length of the tails in frames; {tails} hides them, {tails-way} shows where cells go');
  const tailText = h('span', { class: 'value' });
  effect(() => {
    tails.value = String(state.tails.value);
    tailText.textContent = String(state.tails.value);
  });

  const row = h(
    'header',
    { class: 'tools' },
    marking.element,
    colour,
    h('label', { class: 'slider' }, h('span', { class: 'slider-name' }, 'Tails'), tails, tailText),
    hasPlanes(app) ? depthControl(app) : null,
    h('span', { class: 'spring' }),
  );
  if (app.frames.hasImage) row.append(contrastControl(app, planes, backend, visible));
  row.append(iconButton('fit', 'Show the whole picture ({reset})', () => (state.movieView.value = null)));
  return row;
}

/** Plane of a 3D movie: a slider, and the projection. */
function depthControl(app: App): HTMLElement {
  const { state } = app;
  const { depth } = app.data.space;
  const slider = h('input', {
    type: 'range',
    min: 0,
    max: depth - 1,
    'aria-label': 'Plane z',
    oninput: () => (state.z.value = Number(slider.value)),
  });
  hint(slider, 'Plane; {plane-down} and {plane-up}, or Shift and wheel');
  const text = h('span', { class: 'value' });
  const max = h(
    'button',
    {
      type: 'button',
      class: 'choice',
      onclick: () => toggleProjection(app),
    },
    'Max',
  );
  hint(
    max,
    'All planes at once, the brightest of each pixel; or the plane of the selected cell ({projection})',
  );
  effect(() => {
    const z = state.z.value;
    max.setAttribute('aria-pressed', String(z === 'max'));
    slider.value = String(z === 'max' ? Math.floor(depth / 2) : z);
    text.textContent = z === 'max' ? '' : planeNumber(app, z);
  });
  return h('div', { class: 'slider' }, h('div', { class: 'choices' }, max), 'z', slider, text);
}

/** The button that opens the contrast of every channel. */
function contrastControl(
  app: App,
  planes: Planes,
  backend: SwitchingBackend,
  visible: () => Rect,
): HTMLElement {
  const popover = h('div', { class: 'popover', hidden: true, role: 'dialog', 'aria-label': 'Contrast' });
  const contrast = createContrast(app, planes, visible);
  popover.append(contrast.element, createDrawnBy(backend));
  const button = h(
    'button',
    {
      type: 'button',
      class: 'icon-button',
      'aria-label': 'Contrast',
      title: 'Contrast',
      'aria-expanded': 'false',
    },
    icon('contrast'),
  );
  const toggle = (open: boolean): void => {
    popover.hidden = !open;
    button.setAttribute('aria-expanded', String(open));
    contrast.setOpen(open);
  };
  button.addEventListener('click', () => toggle(popover.hasAttribute('hidden')));
  document.addEventListener('pointerdown', (event) => {
    if (!popover.hidden && !holder.contains(event.target as Node)) toggle(false);
  });
  popover.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    toggle(false);
    button.focus();
  });
  const holder = h('div', { class: 'popover-holder' }, button, popover);
  return holder;
}
