import type { NdArray } from '../array/index.ts';
import type { CellMarks } from '../lineage/index.ts';
import type { Lineage } from '../lineage/types.ts';
import type { Certainty, Links } from '../link/types.ts';
import type { Detections, LabelImage } from '../segment/types.ts';
import type { RowMarks } from './marks.ts';

/** Unit of positions, sizes and radii: micrometres, pixels, or whatever the file meant. */
export type LengthUnit = 'micrometer' | 'pixel' | 'unknown';

/** Somebody's tracks, read from a file. Nothing is checked against a movie. */
export interface Tracks {
  /** What the file was: a name of `formats`. */
  format: string;
  detections: Detections;
  /** Sorted by (target, source). A node may have more than two daughters unless the reader was told to be strict. */
  links: Links;
  ndim: 2 | 3;
  /** Last frame with a detection plus one, or the file's own number of frames where it has one. */
  nFrames: number;
  unit: LengthUnit;
  /** `[z, y, x]` micrometres, where the file says so. */
  voxelSize?: readonly [number, number, number];
  /** Seconds, where the file says so. */
  timeStep?: number;
  /** About how many detections there are in all, where the file says that it holds some of them alone. */
  estimatedNodes?: number;
  /** The file's own id of every detection. */
  sourceId: Float64Array;
  /** What the file calls its detections, by row; absent = nothing. */
  marks?: RowMarks;
  /** Label image of frame `t`, where there is one; its labels are `detections.label`. */
  labelImage?(t: number): Promise<LabelImage>;
  /** Things a user should know that are not errors, one line each. */
  warnings: string[];
}

/** One line of `res_track.txt` or `man_track.txt`; frames 0-based, both inclusive; parent 0 = none. */
export interface CtcTrack {
  id: number;
  begin: number;
  end: number;
  parent: number;
}

/** One reference mask of the segmentation measure. `z` is the plane of a 3D frame, null = the whole frame. */
export interface CtcSegFile {
  t: number;
  z: number | null;
  path: string;
}

/** A Cell Tracking Challenge folder, opened; masks are read on demand. */
export interface CtcTracks {
  format: 'ctc';
  /** `result` and `truth` have a track file, `masks` has none: its tracks follow from the labels, parents unknown. */
  layout: 'result' | 'truth' | 'masks';
  folder: string;
  nFrames: number;
  tracks: CtcTrack[];
  /** Masks to measure SEG on: the SEG folder of a truth, all masks of the other layouts. */
  segFiles: CtcSegFile[];
  warnings: string[];
  /** Labels of frame `t`, `[y, x]` or `[z, y, x]`, in the file's dtype. */
  masks(t: number): Promise<NdArray>;
  /** Labels of a SEG file, `[y, x]` or `[z, y, x]`. */
  seg(file: CtcSegFile): Promise<NdArray>;
  /** Centroids, sizes and links, read frame by frame. */
  toTracks(options?: CtcScale): Promise<Tracks>;
}

/** What a CTC folder does not say about its movie. */
export interface CtcScale {
  /** `[z, y, x]` micrometres; absent = positions stay in pixels. */
  voxelSize?: readonly [number, number, number];
  /** Seconds. */
  timeStep?: number;
}

/** What writers must know besides the lineage. */
export interface ExportContext {
  /** Movie name. */
  name: string;
  /** `[z, y, x]` micrometres. */
  voxelSize: readonly [number, number, number];
  /** False where nobody knows it: lengths are then in pixels, or in what the tracks once came in. Default true. */
  voxelSizeKnown?: boolean;
  /** Seconds; NaN = not known. */
  timeStep: number;
  /** Frames of the movie, empty ones included; default: last frame with a detection plus one. */
  nFrames?: number;
  /** How sure the linker was, by row of the lineage's detections; absent where nobody knows. */
  certainty?: Pick<Certainty, 'begins' | 'ends' | 'divides'>;
  /** What people called, coloured and tagged, by the lineage's rows and tracklets; absent = nothing. */
  marks?: CellMarks;
  /** Label image of frame `t`; formats that hold masks need it. */
  labelImage?(t: number): Promise<LabelImage>;
  /** CTC: what to do where a track has a gap. Default 'interpolate'. */
  gaps?: 'interpolate' | 'split';
  /** TrackMate: the file that the tracks once came from; whatever is still true in it is carried over to the byte. */
  original?: string;
  /** Called with 0..1 by the formats that write frame by frame. */
  onProgress?(done: number): void;
  signal?: AbortSignal;
}

/** What a writer left behind. */
export interface Exported {
  /** Files or folders, in the order written. */
  paths: string[];
  /** What the format could not hold or what was made up for it, one line each. */
  notes: string[];
}

/** What a reader may be told. */
export interface ReadOptions extends CtcScale {
  /** Name of a format; default 'auto': by content. */
  format?: string;
  /**
   * Refuse what no lineage holds but real truths do: more than two daughters, a parent in its child's own frame.
   * Default false: daughters are kept, such links are left out, both with a warning.
   */
  strict?: boolean;
  /** TrackMate: hidden tracks and spots too. Default false: what the program shows. */
  all?: boolean;
}

/** One format: a file of its own, one line in the table of `index.ts`. */
export interface Format {
  name: string;
  /** In words, for help texts. */
  title: string;
  /** True if `path` looks like this format, judged by content. */
  sniff?(path: string): Promise<boolean>;
  read?(path: string, options: ReadOptions): Promise<Tracks | CtcTracks>;
  write?(path: string, lineage: Lineage, context: ExportContext): Promise<Exported>;
  /** Name of the written file or folder for a movie. */
  outName?(movie: string): string;
}
