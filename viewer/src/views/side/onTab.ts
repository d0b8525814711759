import { effect } from '@preact/signals-core';
import type { App } from '../../app.ts';
import type { Tab } from '../../state/state.ts';

/** Runs `make` when its tab is opened and whenever what it reads changes while the tab is open; it answers how to end. */
export function onTab(app: App, tab: Tab, make: () => (() => void) | null): void {
  effect(() => {
    const end = app.state.tab.value === tab ? make() : null;
    return end ?? undefined;
  });
}
