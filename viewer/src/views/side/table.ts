import { effect } from '@preact/signals-core';
import type { App } from '../../app.ts';
import { createArranger } from '../../data/arrange/apart.ts';
import { arrange } from '../../data/arrange/arrange.ts';
import { formatCount } from '../../data/units.ts';
import { h, iconButton, toMiddle } from '../../dom.ts';
import { saveFile } from '../../exports/save.ts';
import { parseFilter } from '../../filter/terms.ts';
import type { TableView } from '../../state/state.ts';
import type { TableModel } from '../../tables/columns.ts';
import { onTab } from './onTab.ts';
import { arrangementOf, toCsv } from './rows.ts';
import { heightOf, ROW, rowsAbove, scrollFor, topOf } from './scrolling.ts';
import { sparkline } from './sparkline.ts';

const SPARE = 6;
/** Tables with more rows are arranged in a worker. */
const AT_ONCE = 50_000;
const arrangeApart = createArranger();

/** What can be asked of a table, where it has that column; something can always be. */
const EXAMPLES: Record<TableModel['name'], readonly (readonly [column: string, asks: string])[]> = {
  tracks: [['duration', '>10']],
  divisions: [['cell_cycle', '<5']],
  cells: [
    ['size', '>50'],
    ['radius', '>5'],
  ],
};

/** A table whose rows are made only where they are seen; a row and the selection are one. */
export function createTable(
  app: App,
  tab: TableModel['name'],
  makeModel: () => TableModel,
  start: { sortBy: string; direction: 1 | -1 },
  say: (text: string) => void,
): HTMLElement {
  const view = (): TableView => app.state.tables.value[tab] ?? { ...start, filter: '' };
  const setView = (changes: Partial<TableView>): void => {
    const { [tab]: _, ...others } = app.state.tables.peek();
    const next = { ...view(), ...changes };
    const plain = next.filter === '' && next.sortBy === start.sortBy && next.direction === start.direction;
    app.state.tables.value = plain ? others : { ...others, [tab]: next };
  };
  // Nothing is measured for a table that nobody has opened.
  let model: TableModel = { name: tab, count: 0, columns: [], nodeOf: () => -1, rowOf: () => -1 };
  let rows: Int32Array = new Int32Array(0);
  const placeOf = (row: number): number => rows.indexOf(row);

  const input = h('input', {
    type: 'search',
    class: 'filter',
    'aria-label': 'Filter rows',
    spellcheck: 'false',
    oninput: () => setView({ filter: input.value }),
  });
  const count = h('span', { class: 'muted' });
  const head = h('div', { class: 'row head', role: 'row' });
  const body = h('div', { class: 'rows', role: 'rowgroup' });
  const scroller = h(
    'div',
    { class: 'scroller', role: 'grid', tabindex: '0', 'aria-label': 'Rows' },
    head,
    body,
  );
  const bar = h(
    'div',
    { class: 'table-bar' },
    input,
    count,
    iconButton('copy', 'Copy these rows, for a spreadsheet', copy),
    iconButton('download', 'Download these rows as CSV', save),
  );
  // A grid holds nothing but rows.
  const words = h('span', { role: 'gridcell' });
  const empty = h('div', { class: 'empty', role: 'row', hidden: true }, words);
  scroller.append(empty);
  const element = h('div', { class: 'table' }, bar, scroller);

  function save(): void {
    const name = `${app.data.info.run.movie.name}-${model.name}.csv`;
    saveFile(name, new Blob([toCsv(model, rows)], { type: 'text/csv' }));
  }

  function copy(): void {
    navigator.clipboard.writeText(toCsv(model, rows, '\t')).then(
      () => say(`${formatCount(rows.length)} rows copied`),
      () => say('The browser does not allow copying; the rows can be downloaded'),
    );
  }

  const template = (): string => model.columns.map((c) => `minmax(${c.width}px, 1fr)`).join(' ');

  function drawHead(): void {
    const { sortBy, direction } = view();
    element.style.setProperty('--columns', template());
    element.style.setProperty('--row-width', `${model.columns.reduce((sum, c) => sum + c.width, 0)}px`);
    head.replaceChildren(
      ...model.columns.map(({ key, title, hint }) => {
        const on = key === sortBy;
        const button = h(
          'button',
          { type: 'button', title: `${hint}; filter name: ${key}`, onclick: () => turn(key) },
          title,
        );
        const cell = h(
          'div',
          { role: 'columnheader', 'aria-sort': on ? (direction > 0 ? 'ascending' : 'descending') : 'none' },
          button,
        );
        return cell;
      }),
    );
  }

  function turn(key: string): void {
    const { sortBy, direction } = view();
    setView({ sortBy: key, direction: key === sortBy && direction > 0 ? -1 : 1 });
  }

  /** Height of the whole rows that are seen at a time; the head takes one. */
  const viewHeight = (): number => Math.max(0, Math.floor(scroller.clientHeight / ROW) - 1) * ROW;

  function drawRows(): void {
    // What is left under whole rows: the last page begins with a whole one, too.
    body.style.height = `${heightOf(rows.length) + (scroller.clientHeight % ROW)}px`;
    const { scrollTop } = scroller;
    const height = viewHeight();
    const above = rowsAbove(rows.length, scrollTop, height);
    const from = Math.max(0, Math.floor(above) - SPARE);
    const to = Math.min(rows.length, Math.ceil(above + height / ROW) + SPARE);
    const chosen = new Set([app.state.selected.peek(), ...app.state.also.peek()].map((i) => model.rowOf(i)));
    const made: HTMLElement[] = [];
    for (let place = from; place < to; place++) {
      const row = rows[place]!;
      const line = h('div', {
        class: 'row',
        role: 'row',
        'data-row': row,
        'aria-selected': String(chosen.has(row)),
      });
      line.style.transform = `translateY(${topOf(rows.length, place, scrollTop, height)}px)`;
      for (const c of model.columns)
        line.append(
          h(
            'div',
            { role: 'gridcell' },
            c.spark === undefined ? null : sparkline(c.spark(row)),
            c.word?.(row) ?? c.text(c.value(row)),
          ),
        );
      made.push(line);
    }
    body.replaceChildren(...made);
  }
  const dirty = app.schedule.add(`table-${tab}`, drawRows);

  body.addEventListener('click', (event) => {
    const line = (event.target as HTMLElement).closest<HTMLElement>('.row');
    if (line === null) return;
    const node = model.nodeOf(Number(line.dataset.row));
    if (event.shiftKey) app.selectAlso(node);
    else app.select(node, { go: true, centre: toMiddle(event) });
  });
  scroller.addEventListener('scroll', dirty);
  scroller.addEventListener('keydown', (event) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (step === undefined || event.altKey || event.target !== scroller || rows.length === 0) return;
    event.preventDefault();
    const place = placeOf(model.rowOf(app.state.selected.peek()));
    const at = place < 0 ? -step : place;
    const next = rows[Math.min(Math.max(at + step, 0), rows.length - 1)]!;
    if (event.shiftKey) app.selectAlso(model.nodeOf(next));
    else app.select(model.nodeOf(next), { go: true });
  });

  let asked = 0;
  onTab(app, tab, () => {
    const turn = ++asked;
    const next = makeModel();
    const { sortBy, direction, filter: text } = view();
    if (input.value !== text) input.value = text;
    const filter = parseFilter(text, next.columns);
    input.setAttribute('aria-invalid', String(filter.problem !== ''));
    input.title = filter.problem || 'numbers match the first two columns; or name, comparison, number';
    const wanted = arrangementOf(next, filter, sortBy, direction);
    const show = (found: Int32Array): void => {
      if (turn !== asked) return;
      [model, rows] = [next, found];
      element.setAttribute('aria-busy', 'false');
      const [column, asks] = EXAMPLES[tab].find(([key]) => model.columns.some((one) => one.key === key))!;
      input.placeholder = `Filter: 12, or ${column}${asks}`;
      count.textContent =
        filter.problem !== ''
          ? filter.problem
          : rows.length === model.count
            ? formatCount(rows.length)
            : `${formatCount(rows.length)} of ${formatCount(model.count)}`;
      empty.hidden = rows.length > 0;
      const none = tab === 'cells' ? 'No detection' : tab === 'tracks' ? 'No track' : 'No division';
      words.textContent = `${none} ${model.count === 0 ? 'was found in this movie' : 'passes the filter'}.`;
      drawHead();
      dirty();
    };
    if (next.count <= AT_ONCE) {
      show(arrange(wanted));
      return null;
    }
    element.setAttribute('aria-busy', 'true');
    arrangeApart(wanted).then(show, () => {
      // What was sent is gone; it is asked for again, and arranged here.
      show(arrange(arrangementOf(next, filter, sortBy, direction)));
    });
    return null;
  });
  /** Brings the row of the selection into view. */
  function reveal(): void {
    const place = placeOf(model.rowOf(app.state.selected.peek()));
    if (place < 0) return;
    const height = viewHeight();
    const above = rowsAbove(rows.length, scroller.scrollTop, height);
    const seen = height / ROW;
    if (seen > 0 && (place < above || place + 1 > above + seen)) {
      // No row hides under the head.
      scroller.scrollTop = scrollFor(rows.length, place - Math.floor(seen / 2), height);
    }
  }
  effect(() => {
    app.state.selected.value;
    app.state.event.value;
    dirty();
    reveal();
  });
  // A table that was hidden has had no height to scroll in.
  let height = 0;
  new ResizeObserver(() => {
    if (height === 0) reveal();
    height = scroller.clientHeight;
    dirty();
  }).observe(scroller);
  return element;
}
