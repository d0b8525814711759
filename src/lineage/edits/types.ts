/**
 * Name of a detection that outlives every re-linking: `frame.label`, or `frame~place` where it has no label (its place
 * among its frame's detections as they were segmented or imported, from 0). A detection that a person adds gets the
 * frame's next free label, or the next place.
 */
export type NodeRef = string;

/** A detection that a person made or changed; units as in `Detections`, null = not known. */
export interface DetectionSpec {
  t: number;
  /** 0 in results without label images. */
  label: number;
  z: number;
  y: number;
  x: number;
  size: number | null;
  radius: number | null;
  prob: number | null;
  border: 0 | 1;
  intensity: (number | null)[];
  /** Its pixels, runs of `[z, y, x, length]` one after another; absent where the result has no label images. */
  runs?: number[];
}

/** How a track ends where it does not divide. */
export type EndKind = 'death' | 'leaves';
export type ReviewState = 'verified' | 'fixed' | 'rejected' | 'skipped';
/** Which links of a detection were approved. */
export type Frozen = 'in' | 'out' | 'both';

/**
 * What edits can set, by kind; the slot's name is `kind:subject`. What no edit has set is as the linker left it.
 *
 * - `parent:<ref>`: the predecessor, null = none
 * - `node:<ref>`: a detection that was added or changed, null = deleted
 * - `pair:<source> <target>`: what the person knows of a link
 * - `divides:<ref>`: that it divides, or that it does not
 */
export interface SlotValues {
  parent: NodeRef | null;
  node: DetectionSpec | null;
  pair: 'must' | 'cannot';
  divides: boolean;
  end: EndKind;
  frozen: Frozen;
  name: string;
  colour: string;
  tags: string[];
  /** `group:<name>`. */
  group: NodeRef[];
  /** `bookmark:<name>`: a view. */
  bookmark: string;
  /** `review:<item>`; the item's name is the viewer's. */
  review: ReviewState;
}

export type SlotKind = keyof SlotValues;
export type SlotValue = SlotValues[SlotKind];
export type Slot = `${SlotKind}:${string}`;

/** One slot's change; absent = not set. Its inverse has the two exchanged. */
export interface Change {
  slot: Slot;
  before?: SlotValue;
  after?: SlotValue;
}

/** Where a new detection's pixels come from; micrometres, `[y, x]` or `[z, y, x]`. */
export type Shape =
  /** A candidate below the threshold: row of the frame's `/api/weak`. */
  | { kind: 'weak'; index: number }
  | { kind: 'disc'; centre: number[]; radius: number }
  /** An outline; in 3D on the plane at `z`. */
  | { kind: 'polygon'; points: [number, number][]; z?: number };

/** What was approved, or taken back from approval. */
export type Verified =
  | { link: [NodeRef, NodeRef] }
  | { division: NodeRef }
  | { branch: NodeRef }
  | { lineage: NodeRef };

/** Everything that a person can do, one command one step of undo. */
export type Command =
  /**
   * The link is a division's where the source has a successor already. `breakParent` takes the target's old
   * predecessor away and `breakChildren` the source's successors; without them such a command is refused.
   */
  | { do: 'link'; source: NodeRef; target: NodeRef; breakParent?: boolean; breakChildren?: boolean }
  | { do: 'unlink'; source: NodeRef; target: NodeRef }
  /** Links the two, the earlier first, or unlinks them where they are linked. */
  | { do: 'toggle'; a: NodeRef; b: NodeRef }
  /** The parent's successors become these two, whatever they and it were linked to. */
  | { do: 'divide'; parent: NodeRef; daughters: [NodeRef, NodeRef] }
  | { do: 'not-division'; parent: NodeRef; keep: NodeRef }
  /**
   * -1: `daughter` becomes the grandparent's, past the parent. +1: the other daughter divides instead, into its own
   * successor and `daughter`'s; `daughter` stays alone and, with `hide`, is deleted.
   */
  | { do: 'shift-division'; parent: NodeRef; by: 1 | -1; daughter: NodeRef; hide?: boolean }
  /** The two exchange their predecessors, and so all that came before. */
  | { do: 'swap'; a: NodeRef; b: NodeRef }
  /** `bridge` links the predecessor with the successor where there is one of each. */
  | { do: 'delete'; nodes: NodeRef[]; bridge?: boolean }
  | { do: 'add'; t: number; shape: Shape; parent?: NodeRef; child?: NodeRef }
  /** Micrometres, `[y, x]` or `[z, y, x]`. */
  | { do: 'move'; node: NodeRef; to: number[] }
  /** Objects of one frame become one, which keeps their links as far as a cell can have them. */
  | { do: 'merge-objects'; nodes: NodeRef[] }
  /**
   * Cuts an object in two, of which the larger keeps the links: along the line through two points, micrometres `[y, x]`;
   * by which of two places, `[y, x]` or `[z, y, x]`, is nearer; or where the detector's own candidates and the
   * object's shape say so. Without label images only places can be given.
   */
  | { do: 'split-object'; node: NodeRef; line: [[number, number], [number, number]] }
  | { do: 'split-object'; node: NodeRef; seeds: [number[], number[]] }
  | { do: 'split-object'; node: NodeRef; auto: true }
  /** A track's end to another's start, over any gap. */
  | { do: 'join'; end: NodeRef; start: NodeRef }
  /** Takes the predecessor away. */
  | { do: 'cut'; node: NodeRef }
  /** Null takes it back. */
  | { do: 'end'; node: NodeRef; kind: EndKind | null }
  /** One cell from frame to frame: links every one to the next, whatever they were linked to. */
  | { do: 'follow'; nodes: NodeRef[] }
  | { do: 'verify'; what: Verified; on: boolean }
  /** Null = open again. */
  | { do: 'review'; items: string[]; state: ReviewState | null }
  /** Of the cell that the detection belongs to; null or '' takes it away. */
  | { do: 'name'; node: NodeRef; name: string | null }
  /** `#rrggbb`. */
  | { do: 'colour'; node: NodeRef; colour: string | null }
  | { do: 'tag'; nodes: NodeRef[]; tag: string; on: boolean }
  | { do: 'group'; name: string; nodes: NodeRef[] | null }
  /** Keeps a view of the page, as the address has it after the `#`; null takes it away. */
  | { do: 'bookmark'; name: string; view: string | null }
  /** Accepts what re-solving found; leaves no constraint. */
  | { do: 'relink'; add: [NodeRef, NodeRef][]; remove: [NodeRef, NodeRef][] }
  /** Several as one step; later ones see what earlier ones did. */
  | { do: 'many'; commands: Command[]; label?: string };

/** One line of the edit log. */
export interface EditEntry {
  /** From 1, without holes. */
  seq: number;
  /** Given by the client, at most 64 characters: the same id is the same edit. */
  id: string;
  kind: 'edit' | 'undo' | 'redo' | 'rebase';
  /** Of undo and redo: the entry that it takes back or does again. */
  of?: number;
  /** When, ISO 8601, and who: the client's own word. */
  at: string;
  by: string;
  /** Of the command in words: `swap 48.71 and 48.93`. */
  label: string;
  /** Of edits. */
  command?: Command;
  /** The page's address at that time, after the `#`. */
  view?: string;
  changes: Change[];
}

/** What an entry did to the lineage, for those who show it. */
export interface EditEffect {
  linksAdded: [NodeRef, NodeRef][];
  linksRemoved: [NodeRef, NodeRef][];
  /** Detections that are there now and were not, or are different now. */
  nodesSet: { ref: NodeRef; node: DetectionSpec }[];
  nodesRemoved: NodeRef[];
}
