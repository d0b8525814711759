import { VERBS } from '../edits/verbs.ts';

/** A binding: what is pressed, in what order it is shown, what it does in words. */
export interface Binding {
  /** `Ctrl+` (also for Cmd), `Alt+` and `Shift+` before a `KeyboardEvent.key`; letters in lower case. */
  keys: readonly string[];
  command: Command;
  text: string;
}

/** What a key does; `edit-` and the name of a verb for edits by hand. */
export type Command =
  | 'play'
  | 'frame-back'
  | 'frame-on'
  | 'frame-back-10'
  | 'frame-on-10'
  | 'first-frame'
  | 'last-frame'
  | 'to-parent'
  | 'to-child'
  | 'to-left'
  | 'to-right'
  | 'division-before'
  | 'division-after'
  | 'division-next'
  | 'division-previous'
  | 'review-next'
  | 'review-previous'
  | 'verify'
  | 'apply-1'
  | 'apply-2'
  | 'apply-3'
  | 'apply-4'
  | 'skip'
  | 'undo'
  | 'add'
  | 'outline'
  | 'split'
  | 'marks'
  | 'save'
  | 'history'
  | 'bookmark'
  | 'resolve'
  | 'resolve-all'
  | 'sheet'
  | `edit-${string}`
  | 'redo'
  | 'whole-lineage'
  | 'clear'
  | 'ancestors'
  | 'descendants'
  | 'add-parent'
  | 'add-child'
  | 'add-left'
  | 'add-right'
  | 'selection-back'
  | 'selection-on'
  | `channel-${number}`
  | 'box-zoom'
  | 'plot'
  | 'large'
  | 'collapse'
  | 'pin-tree'
  | 'hide-tree'
  | 'show-trees'
  | 'bare'
  | 'marking'
  | 'tails'
  | 'tails-way'
  | 'plane-down'
  | 'plane-up'
  | 'projection'
  | 'tree-mode'
  | 'flip'
  | 'tree-axis'
  | 'reset'
  | 'centre'
  | 'copy-link'
  | 'palette'
  | 'filter'
  | 'help';

const ORDINALS = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth'];
const CHANNEL_KEYS = ORDINALS.map(
  (name, k): Binding => ({
    keys: [`Shift+${k + 1}`],
    command: `channel-${k + 1}`,
    text: `${name} channel on or off`,
  }),
);

/** The default keys. B, M and J stay empty, beside N. */
export const GROUPS: readonly { title: string; bindings: readonly Binding[] }[] = [
  {
    title: 'Time',
    bindings: [
      { keys: [' '], command: 'play', text: 'play or pause' },
      { keys: ['['], command: 'frame-back', text: 'previous frame' },
      { keys: [']'], command: 'frame-on', text: 'next frame' },
      { keys: ['Shift+[', 'Shift+{'], command: 'frame-back-10', text: 'ten frames back' },
      { keys: ['Shift+]', 'Shift+}'], command: 'frame-on-10', text: 'ten frames on' },
      { keys: ['Home'], command: 'first-frame', text: 'first frame' },
      { keys: ['End'], command: 'last-frame', text: 'last frame' },
    ],
  },
  {
    title: 'Along the lineage',
    bindings: [
      { keys: ['ArrowUp'], command: 'to-parent', text: 'the cell one frame earlier' },
      { keys: ['ArrowDown'], command: 'to-child', text: 'the cell one frame later' },
      { keys: ['ArrowLeft'], command: 'to-left', text: 'sister or neighbour to the left in the tree' },
      { keys: ['ArrowRight'], command: 'to-right', text: 'sister or neighbour to the right' },
      { keys: ['Alt+ArrowUp'], command: 'division-before', text: 'previous division of this lineage' },
      { keys: ['Alt+ArrowDown'], command: 'division-after', text: 'next division of this lineage' },
      { keys: ['PageDown'], command: 'division-next', text: 'next division of the movie' },
      { keys: ['PageUp'], command: 'division-previous', text: 'previous division of the movie' },
      { keys: ['Shift+ '], command: 'whole-lineage', text: 'select the whole lineage' },
      { keys: ['Shift+PageUp'], command: 'ancestors', text: 'select its ancestors, too' },
      { keys: ['Shift+PageDown'], command: 'descendants', text: 'select its descendants, too' },
      {
        keys: ['Shift+ArrowUp'],
        command: 'add-parent',
        text: 'one frame earlier; what was selected stays so',
      },
      { keys: ['Shift+ArrowDown'], command: 'add-child', text: 'one frame later, likewise' },
      { keys: ['Shift+ArrowLeft'], command: 'add-left', text: 'the neighbour to the left, likewise' },
      { keys: ['Shift+ArrowRight'], command: 'add-right', text: 'the neighbour to the right, likewise' },
      { keys: ['Alt+ArrowLeft'], command: 'selection-back', text: 'back to what was selected before' },
      { keys: ['Alt+ArrowRight'], command: 'selection-on', text: 'and on again' },
      { keys: ['Escape'], command: 'clear', text: 'select nothing' },
    ],
  },
  {
    title: 'Review',
    bindings: [
      { keys: ['n'], command: 'review-next', text: 'next doubtful place' },
      { keys: ['Shift+n'], command: 'review-previous', text: 'previous doubtful place' },
      { keys: ['Enter'], command: 'verify', text: 'it is right as it is, and next' },
      { keys: ['1'], command: 'apply-1', text: 'the first other explanation is right, and next' },
      { keys: ['2'], command: 'apply-2', text: 'the second one' },
      { keys: ['3'], command: 'apply-3', text: 'the third one' },
      { keys: ['4'], command: 'apply-4', text: 'the fourth one' },
      { keys: ['0'], command: 'skip', text: 'skip it' },
      { keys: ['g'], command: 'sheet', text: 'contact sheet of all divisions' },
    ],
  },
  {
    title: 'Edit the selected cell',
    bindings: [
      ...VERBS.map(
        ({ name, key, text }): Binding => ({
          keys: name === 'delete' ? [key, 'Delete'] : [key],
          command: `edit-${name}`,
          text,
        }),
      ),
      { keys: ['Shift+s'], command: 'resolve', text: 'ask the linker again around the cell; edits are kept' },
      { keys: ['Ctrl+Shift+s'], command: 'resolve-all', text: 'ask the linker again everywhere' },
      { keys: ['a'], command: 'add', text: 'add a cell where the pointer is, or from the candidates' },
      { keys: ['Shift+a'], command: 'outline', text: 'add a cell by its outline' },
      { keys: ['i'], command: 'split', text: 'split the object: two cells were taken for one' },
      { keys: ['t'], command: 'marks', text: 'name, colour, tags and groups' },
      { keys: ['Ctrl+z'], command: 'undo', text: 'take the last edit back' },
      { keys: ['Ctrl+Shift+z', 'Ctrl+y'], command: 'redo', text: 'do it again' },
      { keys: ['Ctrl+s'], command: 'save', text: 'write tables and graph with the edits' },
      { keys: ['Ctrl+h'], command: 'history', text: 'history of the edits' },
      { keys: ['Ctrl+d'], command: 'bookmark', text: 'bookmark this view' },
    ],
  },
  {
    title: 'View',
    bindings: [
      { keys: ['v'], command: 'bare', text: 'hold: the image alone' },
      { keys: ['o'], command: 'marking', text: 'outline, fill, none' },
      { keys: ['h'], command: 'tails', text: 'tails on or off' },
      { keys: ['Shift+h'], command: 'tails-way', text: 'tails: where cells came from, where they go, both' },
      { keys: [','], command: 'plane-down', text: '3D: previous plane' },
      { keys: ['.'], command: 'plane-up', text: '3D: next plane' },
      { keys: ['p'], command: 'projection', text: '3D: the plane of the selected cell, or all planes' },
      { keys: ['q'], command: 'tree-mode', text: 'tree: all, lineage, descendants' },
      { keys: ['f'], command: 'flip', text: 'tree: time down or to the right' },
      { keys: ['Shift+q'], command: 'tree-axis', text: 'tree: along time, or by generation' },
      { keys: ['w'], command: 'plot', text: 'tree, or what is measured of the lineage' },
      { keys: ['z'], command: 'box-zoom', text: 'draw a box in movie or tree to zoom there' },
      { keys: ['-'], command: 'collapse', text: 'tree: collapse below the cell, or open' },
      { keys: ['='], command: 'pin-tree', text: 'tree: pin it in front, or let it go' },
      { keys: ['Shift+-', 'Shift+_'], command: 'hide-tree', text: 'tree: hide it' },
      { keys: ['Shift+=', 'Shift++'], command: 'show-trees', text: 'tree: show all of them whole' },
      { keys: ['/', 'Ctrl+f'], command: 'filter', text: 'filter of all views: write what they show' },
      { keys: ['r'], command: 'reset', text: 'whole picture, whole tree' },
      { keys: ['Shift+r'], command: 'centre', text: 'the selected cell into the middle of all views' },
      { keys: ['Shift+y'], command: 'copy-link', text: 'copy a link to this view' },
      { keys: ['`'], command: 'large', text: 'the panel under the pointer as large as the page, and back' },
      ...CHANNEL_KEYS,
      { keys: ['Ctrl+k'], command: 'palette', text: 'everything that can be done, by its words' },
      { keys: ['?', 'Shift+?'], command: 'help', text: 'this sheet' },
    ],
  },
];

/** Keys of commands that have others than the default; none = the command has no key. */
export type Remap = { readonly [Name in Command]?: readonly string[] };

/** All bindings, in the order of the sheet. */
const ALL: readonly Binding[] = GROUPS.flatMap((group) => group.bindings);

export const keysOf = (remap: Remap, binding: Pick<Binding, 'command' | 'keys'>): readonly string[] =>
  remap[binding.command] ?? binding.keys;

/** Command per key; of two commands with one key the first of the sheet has it (see `collisions`). */
export function bindings(remap: Remap = {}): Map<string, Command> {
  const map = new Map<string, Command>();
  for (const binding of ALL) {
    for (const key of keysOf(remap, binding)) if (!map.has(key)) map.set(key, binding.command);
  }
  return map;
}

/** Keys that several commands have, and which. */
export function collisions(remap: Remap): Map<string, Command[]> {
  const users = new Map<string, Command[]>();
  for (const binding of ALL) {
    for (const key of keysOf(remap, binding)) users.set(key, [...(users.get(key) ?? []), binding.command]);
  }
  return new Map([...users].filter(([, commands]) => commands.length > 1));
}

/** What an event is called in the map. */
export function keyName(
  event: Pick<KeyboardEvent, 'key' | 'shiftKey' | 'altKey' | 'ctrlKey' | 'metaKey'> & { code?: string },
): string {
  // With Shift, what a digit writes depends on the keyboard.
  const digit = event.shiftKey ? /^Digit([1-9])$/.exec(event.code ?? '')?.[1] : undefined;
  const key = digit ?? keyText(event.key);
  const ctrl = event.ctrlKey || event.metaKey;
  return `${ctrl ? 'Ctrl+' : ''}${event.altKey ? 'Alt+' : ''}${event.shiftKey ? 'Shift+' : ''}${key}`;
}

const keyText = (key: string): string => (key.length === 1 ? key.toLowerCase() : key);
