import { computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals-core';
import { bindings, type Command, GROUPS, keysOf, type Remap } from './keymap.ts';
import { isPreset, PRESETS, type PresetName } from './presets.ts';

/** The keys of this browser: a preset, and what was changed by hand. */
export interface KeySettings {
  preset: Signal<PresetName>;
  own: Signal<Remap>;
  /** What differs from the default, all in all. */
  remap: ReadonlySignal<Remap>;
  map: ReadonlySignal<ReadonlyMap<string, Command>>;
  /** Keys of a command as they are, the one to show first. */
  keys(command: Command): readonly string[];
  /** Gives a command one key; whoever had it loses it. @returns who that was, or null */
  assign(command: Command, key: string): Command | null;
  /** Takes everything back that was changed by hand. */
  reset(): void;
}

const STORED = 'morula-keys';
const COMMANDS = new Map(GROUPS.flatMap((group) => group.bindings).map((one) => [one.command, one]));

/** What the browser kept; what cannot be read is as if it were not there. */
export function readKeys(text: string | null): { preset: PresetName; own: Remap } {
  let kept: unknown = null;
  try {
    kept = JSON.parse(text ?? 'null');
  } catch {
    kept = null;
  }
  const { preset, own } = (kept ?? {}) as { preset?: unknown; own?: unknown };
  const entries = Object.entries(own !== null && typeof own === 'object' ? own : {}).filter(
    ([command, keys]) =>
      COMMANDS.has(command as Command) &&
      Array.isArray(keys) &&
      keys.every((key) => typeof key === 'string' && key.length > 0 && key.length < 40),
  );
  return { preset: isPreset(preset) ? preset : 'morula', own: Object.fromEntries(entries) as Remap };
}

/** The keys of a page, kept by the browser. */
export function createKeySettings(storage: Pick<Storage, 'getItem' | 'setItem'>): KeySettings {
  const kept = readKeys(storage.getItem(STORED));
  const [preset, own] = [signal(kept.preset), signal(kept.own)];
  const remap = computed<Remap>(() => ({ ...PRESETS[preset.value].keys, ...own.value }));
  const map = computed(() => bindings(remap.value));
  effect(() => storage.setItem(STORED, JSON.stringify({ preset: preset.value, own: own.value })));
  const keys = (command: Command): readonly string[] => keysOf(remap.value, COMMANDS.get(command)!);
  return {
    preset,
    own,
    remap,
    map,
    keys,
    assign(command, key) {
      const before = map.peek().get(key) ?? null;
      const loser = before === command ? null : before;
      own.value = {
        ...own.peek(),
        ...(loser === null ? {} : { [loser]: keys(loser).filter((one) => one !== key) }),
        [command]: [key],
      };
      return loser;
    },
    reset() {
      own.value = {};
    },
  };
}
