/** What the filter lets through. */
export interface Kept {
  /** Per branch: 1 = one of its detections at least passes. */
  branches: Uint8Array;
  /** How many of them do. */
  count: number;
  /** Does a detection pass itself? */
  has(node: number): boolean;
  /** What of the filter cannot be read, in words; '' = nothing. */
  problem: string;
}
