import { effect } from '@preact/signals-core';
import type { App } from '../app.ts';

interface GreyWindow {
  low: number;
  high: number;
}

/** Shows a channel between the grey values measured over the movie, until somebody sets them by hand. */
export function keepWindow(app: App, channel: number, all: GreyWindow & { planes?: GreyWindow }): void {
  const { channels, z } = app.state;
  effect(() => {
    const { low, high } = z.value === 'max' ? all : (all.planes ?? all);
    channels.value = channels.peek().map((c, k) => (k === channel && c.auto ? { ...c, low, high } : c));
  });
}
