/** Who draws the image: typed arrays on the processor, or WebGL2 on the graphics card. */
export type BackendName = 'cpu' | 'webgl2';
/** `auto`: whichever is faster on this machine with this movie. */
export type BackendChoice = 'auto' | BackendName;
const BACKEND_CHOICES: readonly BackendChoice[] = ['auto', 'cpu', 'webgl2'];

const KEY = 'morula-backend';
const known = (text: string | null): text is BackendChoice =>
  text !== null && (BACKEND_CHOICES as readonly string[]).includes(text);

/** What the address says (`?backend=cpu`), else what was chosen on this machine, else `auto`. */
export function firstChoice(search: string, storage: Pick<Storage, 'getItem'>): BackendChoice {
  const choices = [new URLSearchParams(search).get('backend'), storage.getItem(KEY)];
  return choices.find(known) ?? 'auto';
}

/** Keeps a choice for the next time. */
export const keepChoice = (choice: BackendChoice, storage: Pick<Storage, 'setItem'>): void =>
  storage.setItem(KEY, choice);
