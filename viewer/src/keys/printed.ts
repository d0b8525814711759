const NAMES: Record<string, string> = {
  ' ': 'Space',
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Escape: 'Esc',
  PageUp: 'PgUp',
  PageDown: 'PgDn',
};

/** A key of the map in parts, as they are printed on a keyboard: `Shift`, `N`. */
export function printParts(name: string): string[] {
  const parts = name === '+' ? ['+'] : name.split(/\+(?=.)/);
  return parts.map((part) => NAMES[part] ?? (part.length === 1 ? part.toUpperCase() : part));
}

/** The same in one word: `Shift+N`. */
export const printKey = (name: string): string => printParts(name).join('+');
