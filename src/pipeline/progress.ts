/** One step of a stage. */
export interface Progress {
  stage: 'segmenting' | 'linking' | 'writing' | 'simulating' | 'verifying' | 'scoring' | 'importing';
  done: number;
  total: number;
  unit: string;
  /** Where the network runs. */
  device?: string;
}

/** What a long job tells while it runs, and how it is told to stop. */
export interface Hooks {
  onProgress?: (progress: Progress) => void;
  /** A line that a person should read: warnings, what was found. */
  onNote?: (line: string) => void;
  signal?: AbortSignal;
}
