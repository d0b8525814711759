import { effect } from '@preact/signals-core';
import type { App } from '../../app.ts';
import { formatTime } from '../../data/units.ts';
import { h, iconButton, putChildren, setText, toMiddle } from '../../dom.ts';
import { editsCsv, reviewCsv } from '../../exports/reviewCsv.ts';
import { saveFile } from '../../exports/save.ts';
import type { EventKind } from '../../review/events.ts';
import { inOrder, KIND_NAMES, type ReviewItem } from '../../review/items.ts';
import { isKnown } from '../../review/probability.ts';
import { reasonsOf, sureText } from '../../review/reasons.ts';
import type { Review } from '../../review/review.ts';
import { createMenu } from '../menu.ts';
import { suspicion } from './glyph.ts';
import { createProgress } from './progress.ts';

/** Height of an item, CSS pixels: of two lines, and of one in low windows; and items made beyond those in view. */
const ROWS = { tall: 42, low: 28 } as const;
const LOW = '(max-height: 760px)';
const SPARE = 4;

const STATES = { verified: 'right', fixed: 'changed', rejected: 'wrong', skipped: 'skipped' } as const;

/** A list with one more item at its place. */
function withItem(list: readonly ReviewItem[], item: ReviewItem): readonly ReviewItem[] {
  const place = list.findIndex((one) => inOrder(one, item) > 0);
  return place < 0 ? [...list, item] : [...list.slice(0, place), item, ...list.slice(place)];
}

/** The list of doubtful places; items are made only where they are seen. */
export function createQueue(app: App, review: Review): HTMLElement {
  const csv = (what: string, text: string): void =>
    saveFile(`${app.data.info.run.movie.name}-${what}.csv`, new Blob([text], { type: 'text/csv' }));
  const filter = h('select', {
    class: 'select',
    'aria-label': 'Kind of event',
    onchange: () => (review.filter.value = filter.value as EventKind | 'all'),
  });
  for (const kind of ['all', 'division', 'link', 'appearance', 'disappearance'] as const) {
    filter.append(h('option', { value: kind }, kind === 'all' ? 'All events' : KIND_NAMES[kind]));
  }
  effect(() => {
    filter.value = review.filter.value;
  });
  const bar = h(
    'div',
    { class: 'table-bar' },
    createProgress(review),
    filter,
    createMenu(
      iconButton('download', 'Save the review', () => {}),
      'Save the review',
      [
        {
          text: 'Doubtful places, CSV',
          act: () => csv('review', reviewCsv(app.data, review.items.peek(), review.stateOf)),
        },
        { text: 'Edits, CSV', act: () => csv('edits', editsCsv(review.log.entries.peek())) },
      ],
    ),
    iconButton('previous', 'Previous doubtful place ({review-previous})', () => review.step(-1)),
    iconButton('next', 'Next doubtful place ({review-next})', () => review.step(1)),
  );
  const list = h('ol', { class: 'queue-rows' });
  const empty = h('p', { class: 'empty' });
  const scroller = h('div', { class: 'scroller', tabindex: 0, 'aria-label': 'Doubtful places' }, list, empty);
  const element = h('div', { class: 'table queue' }, bar, scroller);
  let shown: readonly ReviewItem[] = [];

  // As last seen: to ask the page would have it laid out in the middle of an edit.
  let [top, height] = [0, 0];
  let high: number = ROWS.tall;
  let inView: readonly ReviewItem[] = [];

  function draw(): void {
    list.style.height = `${shown.length * high}px`;
    const from = Math.max(0, Math.floor(top / high) - SPARE);
    inView = shown.slice(from, Math.ceil((top + height) / high) + SPARE);
    const current = review.current.peek();
    const focused = document.activeElement?.closest<HTMLElement>('.queue-item')?.dataset.name;
    putChildren(
      list,
      inView.map((item, k) => row(item, from + k, current)),
    );
    if (focused === undefined || document.activeElement?.closest('.queue-item')) return;
    const place = inView.findIndex(({ name }) => name === focused);
    list.children[place]?.querySelector('button')?.focus();
  }
  const dirty = app.schedule.add('queue', draw);

  function row(item: ReviewItem, place: number, current: ReviewItem | null): HTMLElement {
    const { data } = app;
    const decided = review.stateOf(item);
    const reasons = reasonsOf(app, review.usual.peek(), item);
    const when = formatTime(data.nodes.t[item.node]!, data.info.run.movie.timeStep, app.unit);
    const sure = sureText(item);
    const why = reasons.join(' · ');
    const button = h(
      'button',
      { type: 'button', class: 'queue-button' },
      suspicion(item.alert ? 1 : item.wrong, item.alert),
      h(
        'span',
        { class: 'queue-text' },
        h(
          'span',
          { class: 'queue-head' },
          h('strong', {}, KIND_NAMES[item.kind]),
          h('span', { class: 'queue-word' }, ' track'),
          ` ${data.nodes.tracklet[item.node]}`,
        ),
        h(
          'span',
          { class: 'muted queue-why', title: [sure, ...reasons].join(' · ') },
          // The triangle's size says it, too: where there is little room, reasons come first.
          why === '' ? sure : h('span', { class: 'queue-sure' }, `${sure} · `),
          why,
        ),
      ),
      h('span', { class: 'queue-when muted' }, decided === null ? when : STATES[decided]),
    );
    const line = h('li', { class: 'queue-item', 'data-name': item.name }, button);
    if (item.name === current?.name) button.setAttribute('aria-current', 'true');
    if (decided !== null) line.dataset.decided = decided;
    line.style.transform = `translateY(${place * high}px)`;
    return line;
  }

  /** Brings the current item into view. */
  function reveal(): void {
    const current = review.current.peek();
    const place = current === null ? -1 : shown.indexOf(current);
    if (place < 0) return;
    const at = place * high;
    if (height > 0 && (at < top || at + high > top + height)) {
      top = Math.max(0, at - height / 3);
      scroller.scrollTop = top;
    }
  }
  effect(() => {
    if (app.state.tab.value !== 'review') return;
    // The current item stays in sight after it was decided.
    const current = review.current.value;
    const open = review.open.value;
    shown = current === null || open.includes(current) ? open : withItem(open, current);
    empty.hidden = shown.length > 0;
    const text =
      app.certainty.value === null
        ? 'Looking for doubtful places…'
        : review.items.value.length === 0
          ? isKnown(app.certainty.value)
            ? 'Nothing doubtful was found in this lineage.'
            : 'How sure the linker was is not known here. Only what is unlike the rest was looked for: there is none.'
          : review.undecided.value.length > 0
            ? 'Nothing that is left to review passes the filter.'
            : 'Everything here is reviewed.';
    setText(empty, text);
    dirty();
    reveal();
  });
  list.addEventListener('click', (event) => {
    const line = (event.target as Element).closest('.queue-item');
    const item = inView[[...list.children].indexOf(line!)];
    if (item !== undefined) review.go(item, toMiddle(event));
  });
  scroller.addEventListener('scroll', () => {
    top = scroller.scrollTop;
    dirty();
  });
  const low = window.matchMedia(LOW);
  const setRow = (): void => {
    high = low.matches ? ROWS.low : ROWS.tall;
    element.toggleAttribute('data-low', low.matches);
  };
  setRow();
  low.addEventListener('change', () => {
    setRow();
    reveal();
    dirty();
  });
  new ResizeObserver(() => {
    const before = height;
    [top, height] = [scroller.scrollTop, scroller.clientHeight];
    if (before === 0) reveal();
    dirty();
  }).observe(scroller);
  return element;
}
