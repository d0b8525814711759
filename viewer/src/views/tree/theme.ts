/** Colours of the tree's canvas, read from the style sheet so that both themes come from one place. */
export interface TreeTheme {
  ground: string;
  text: string;
  faint: string;
  tick: string;
  now: string;
  select: string;
}

/** The colours of the theme that is on. */
export function readTheme(): TreeTheme {
  const style = getComputedStyle(document.documentElement);
  const get = (name: string): string => style.getPropertyValue(name).trim();
  return {
    ground: get('--panel'),
    text: get('--text-2'),
    faint: get('--line'),
    tick: get('--line-strong'),
    now: get('--now'),
    select: get('--text'),
  };
}
