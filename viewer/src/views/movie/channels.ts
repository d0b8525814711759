import { effect } from '@preact/signals-core';
import type { App } from '../../app.ts';
import { h } from '../../dom.ts';
import { css } from '../../image/palette.ts';
import { hint } from '../../keys/hints.ts';

/** Channels that have a key of their own. */
const KEYS = 9;

/** Which colour is which channel, over the movie; each can be shown or not. Nothing for a movie of one channel. */
export function createChannels({ data, state, frames }: App): HTMLElement | null {
  const { channels } = data.info.run.movie;
  if (!frames.hasImage || channels.length < 2) return null;
  const set = (k: number): void => {
    state.channels.value = state.channels.peek().map((c, n) => (n === k ? { ...c, on: !c.on } : c));
  };
  const chips = channels.map(({ name }, k) => {
    const dot = h('span', { class: 'channel-dot', 'aria-hidden': 'true' });
    const chip = h('button', { type: 'button', class: 'channel', onclick: () => set(k) }, dot, name);
    hint(chip, k < KEYS ? `Show ${name}, or not ({channel-${k + 1}})` : `Show ${name}, or not`);
    effect(() => {
      const channel = state.channels.value[k];
      if (channel === undefined) return;
      chip.setAttribute('aria-pressed', String(channel.on));
      dot.style.setProperty('--channel', css(channel.colour));
    });
    return chip;
  });
  return h('div', { class: 'channels', role: 'group', 'aria-label': 'Channels' }, ...chips);
}
