/** One thing that is wrong with a result, or that its user should know. */
export interface Flaw {
  /** `damage`: not as it was written; `unfinished`: a run has still to do it; `note`: nothing is wrong. */
  kind: 'damage' | 'unfinished' | 'note';
  /** In words: place, what must hold, what was found. */
  what: string;
  /** The command that mends it, or null. */
  mend: string | null;
}
