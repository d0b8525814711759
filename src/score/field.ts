import type { NdArray, TypedArray } from '../array/index.ts';
import { MorulaError } from '../errors/index.ts';
import type { MaskReader, ScoreInput, ScoreNodes, ScoreOptions, ScoreTrack, SegReader } from './types.ts';

/** A side as the field of interest sees it. */
export interface FieldSide {
  input: ScoreInput;
  /** Objects, one a frame, that have no pixel in the field. */
  setAside: number;
}

/** Labels with a pixel in the field, and all labels; of one image, whose last axes are y and x. */
function labelsInField({ data, shape }: NdArray, margin: number): { inside: Set<number>; all: Set<number> } {
  const [height, width] = shape.slice(-2);
  const inside = new Set<number>();
  const all = new Set<number>();
  const rows = data.length / width;
  for (let row = 0; row < rows; row++) {
    const y = row % height;
    const within = y >= margin && y < height - margin;
    for (let x = 0, last = 0, lastIn = 0; x < width; x++) {
      const label = data[row * width + x];
      if (label === 0) continue;
      if (label !== last) all.add(label);
      last = label;
      if (!within || x < margin || x >= width - margin || label === lastIn) continue;
      inside.add(label);
      lastIn = label;
    }
  }
  return { inside, all };
}

/** The image without the objects that lie outside; the image itself where there are none. */
function blankOutside(image: NdArray, margin: number): NdArray {
  const { inside, all } = labelsInField(image, margin);
  if (inside.size === all.size) return image;
  const data = image.data.slice() as TypedArray;
  for (let i = 0; i < data.length; i++) if (data[i] !== 0 && !inside.has(data[i])) data[i] = 0;
  return { data, shape: image.shape };
}

/** 1 for every node that has a pixel in the field, and for every one that has no pixel at all. */
async function findKept(
  { count, t, label }: ScoreNodes,
  masks: MaskReader,
  margin: number,
  { signal }: ScoreOptions,
): Promise<Uint8Array> {
  const byFrame = new Map<number, number[]>();
  for (let node = 0; node < count; node++) {
    const rows = byFrame.get(t[node]);
    if (rows === undefined) byFrame.set(t[node], [node]);
    else rows.push(node);
  }
  const kept = new Uint8Array(count).fill(1);
  for (const frame of [...byFrame.keys()].sort((a, b) => a - b)) {
    signal?.throwIfAborted();
    const { inside, all } = labelsInField(await masks(frame), margin);
    for (const node of byFrame.get(frame) as number[])
      if (all.has(label[node]) && !inside.has(label[node])) kept[node] = 0;
  }
  return kept;
}

/** Nodes of every track in order of time. */
function nodesByTrack({ count, t, track }: ScoreNodes): Map<number, number[]> {
  const byTrack = new Map<number, number[]>();
  for (let node = 0; node < count; node++) {
    const rows = byTrack.get(track[node]);
    if (rows === undefined) byTrack.set(track[node], [node]);
    else rows.push(node);
  }
  for (const rows of byTrack.values()) rows.sort((a, b) => t[a] - t[b]);
  return byTrack;
}

/**
 * The nodes and tracks that are left: a link stands where both its nodes do, so that a track falls apart where a node
 * is set aside within it, and a daughter whose parent's last node is set aside has no parent. The first part of a track
 * keeps its id where it is the track's first node that stays.
 */
function cutTracks({ nodes, tracks }: ScoreInput, kept: Uint8Array): Pick<ScoreInput, 'nodes' | 'tracks'> {
  const byTrack = nodesByTrack(nodes);
  const track = Float64Array.from({ length: nodes.count }, (_, node) => nodes.track[node]);
  let nextId = tracks.reduce((most, { id }) => Math.max(most, id), 0) + 1;
  // Ids of the parts that hold a track's first and last node; 0 = that node is set aside.
  const firstPart = new Map<number, number>();
  const lastPart = new Map<number, number>();
  const parts: ScoreTrack[] = [];
  for (const { id } of tracks) {
    const rows = byTrack.get(id) ?? [];
    let part: ScoreTrack | null = null;
    for (const [k, node] of rows.entries()) {
      if (kept[node] === 0) {
        part = null;
        continue;
      }
      if (part === null) {
        part = { id: k === 0 ? id : nextId++, begin: nodes.t[node], end: nodes.t[node], parent: 0 };
        parts.push(part);
        if (k === 0) firstPart.set(id, part.id);
      }
      part.end = nodes.t[node];
      track[node] = part.id;
      if (k === rows.length - 1) lastPart.set(id, part.id);
    }
  }
  const whole = new Map(parts.map((part) => [part.id, part]));
  for (const { id, parent } of tracks) {
    const child = whole.get(firstPart.get(id) ?? 0);
    if (child !== undefined && parent !== 0) child.parent = lastPart.get(parent) ?? 0;
  }
  const rows = Array.from(kept.keys()).filter((node) => kept[node] === 1);
  const column = (values: ArrayLike<number>): Float64Array => Float64Array.from(rows, (node) => values[node]);
  const { t, label, z, y, x } = nodes;
  return {
    nodes: {
      count: rows.length,
      t: column(t),
      label: column(label),
      z: column(z),
      y: column(y),
      x: column(x),
      track: column(track),
    },
    tracks: parts,
  };
}

/** Segmentation truth without what lies outside the field. */
export function segInField(seg: SegReader, margin: number): SegReader {
  return async function* () {
    for await (const { t, z, image } of seg()) yield { t, z, image: blankOutside(image, margin) };
  };
}

/** A side without the nodes that are not kept (0), their links, and whatever else lies outside the field. */
export function keepInField(input: ScoreInput, kept: Uint8Array, margin: number): ScoreInput {
  const { masks, seg } = input;
  const side: ScoreInput = { ...input, ...cutTracks(input, kept) };
  if (masks !== undefined) side.masks = async (t) => blankOutside(await masks(t), margin);
  if (typeof seg === 'function') side.seg = segInField(seg, margin);
  return side;
}

/**
 * A side without the objects that lie wholly within `margin` pixels of the image's left, right, upper or lower edge,
 * and without their links. Masks and segmentation truth lose them too. What reaches into the field stays whole.
 *
 * Source: Cell Tracking Challenge, "Annotation procedure" and "Naming and file content conventions": the field of
 * interest is the image less a border of E pixels in x and y, and what does not enter it is not annotated. E, and the
 * rule that an object stays where one of its pixels lies in rows and columns E to size - E - 1, are as in the programs
 * that participants published (KIT-Sch-GE and EmbedTrack, both citing those pages; FR-Ro-GE, R. Bensch 2015): 25 for
 * Fluo-N2DL-HeLa, BF-C2DL-HSC, BF-C2DL-MuSC, Fluo-C3DL-MDA231 and PhC-C2DL-PSC; 50 for DIC-C2DH-HeLa,
 * Fluo-C2DL-Huh7, Fluo-C2DL-MSC, Fluo-C3DH-H157, Fluo-N2DH-GOWT1, Fluo-N3DH-CE, Fluo-N3DH-CHO and PhC-C2DH-U373; none
 * for the others. They take such objects out of what they hand in; the truth has none.
 *
 * @param margin pixels, a whole number from 0
 * @throws `invalid-option` without masks
 */
export async function withinField(
  input: ScoreInput,
  margin: number,
  name: string,
  options: ScoreOptions,
): Promise<FieldSide> {
  const { masks } = input;
  if (masks === undefined)
    throw new MorulaError(
      'invalid-option',
      `score: a field of interest needs masks on both sides, the ${name} has none`,
    );
  const kept = await findKept(input.nodes, masks, margin, options);
  const setAside = kept.reduce((sum, k) => sum + 1 - k, 0);
  return { input: keepInField(input, kept, margin), setAside };
}
