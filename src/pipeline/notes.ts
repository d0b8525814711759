import type { Hooks } from './progress.ts';

/** Passes on what frames have to say: each text once, with its first frame, and at the end how often it came again. */
export function collectNotes(hooks: Hooks): {
  add(t: number, texts: readonly string[]): void;
  end(): void;
} {
  const again = new Map<string, number>();
  return {
    add(t, texts) {
      for (const text of texts) {
        const times = again.get(text);
        if (times === undefined) hooks.onNote?.(`note: frame ${t}: ${text}`);
        again.set(text, times === undefined ? 0 : times + 1);
      }
    },
    end() {
      for (const [text, times] of again) {
        if (times > 0) hooks.onNote?.(`note: in ${times} more frame${times === 1 ? '' : 's'}: ${text}`);
      }
    },
  };
}
