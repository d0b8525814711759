import type { Recorded } from './wire.ts';

/** What the server tells all pages. */
interface Hear {
  edit(recorded: Recorded): void;
  /** The result was linked anew. */
  reload(): void;
  /** The connection broke, and is there again. */
  lost(): void;
  back(): void;
}

/** Listens to the edits of all pages. The browser connects again by itself, and the server tells what was missed. */
export function listen(since: () => number, hear: Hear): void {
  const source = new EventSource(`/api/events?since=${since()}`);
  source.addEventListener('edit', (event) =>
    hear.edit(JSON.parse((event as MessageEvent<string>).data) as Recorded),
  );
  source.addEventListener('reload', () => hear.reload());
  source.addEventListener('open', () => hear.back());
  source.addEventListener('error', () => {
    hear.lost();
    if (source.readyState !== EventSource.CLOSED) return;
    // The server refused rather than vanished: try again by hand.
    window.setTimeout(() => listen(since, hear), 3000);
  });
}
