import type { BlockOutcome, BlockTask } from '../link/index.ts';
import type { LinkOptions, LinkResult, Links } from '../link/types.ts';
import type { Device, DeviceTrial, ImportReport, Model, ModelReport } from '../model/index.ts';
import type { MovieSource } from '../read/types.ts';
import type { Detections } from '../segment/types.ts';
import type { BlockSharing, PackedFrame } from '../store/types.ts';

/** One frame: read, segment, pack. Runs in a worker; no pixel crosses a thread but in compressed label chunks. */
export interface SegmentTask {
  source: MovieSource;
  /** Result folder and key of the segmentation, see `store`. */
  folder: string;
  segmentKey: string;
  t: number;
  /** Built-in name or path of the model, and the digest that it must have. */
  model: string;
  modelDigest: string;
  /** The network that restores what the model sees, likewise; absent or null = none. */
  restore?: { model: string; digest: string } | null;
  /** Never `auto`: which device it is was found out before. */
  device: Device;
  threads: number;
  /** Budget of this one frame, bytes (3D: how large the network's tiles may be). */
  memory: number;
  /** Of each of the network's inputs; a number stands for a list of one. */
  channel: number | readonly number[];
  probThreshold: number;
  nmsThreshold: number;
  /** Pixels; NaN = the model's own scale. */
  objectDiameterPx: number;
}

/** Movie and model of frames to come, opened ahead of the first. */
export type OpenTask = Pick<SegmentTask, 'source' | 'model' | 'restore' | 'device' | 'threads'>;

/** What is left of a frame, and what is to be committed: the caller writes, so that no network waits for the disk. */
export interface SegmentDone {
  t: number;
  packed: PackedFrame;
  count: number;
  seconds: { read: number; network: number; total: number };
  /** When the network ran: start and end in turn, milliseconds since 1970. */
  spans: number[];
  warnings: string[];
}

/** What a simulated movie is asked to be; whatever is absent comes from the preset. */
export interface SimulationRequest {
  preset?: '2d' | '3d';
  seed?: number;
  frames?: number;
  cells?: number;
}

/** One step of making a movie on disk: its life (and the truth), its empty arrays, or some frames (end-exclusive). */
export interface SimulateTask {
  kind: 'life' | 'create' | 'write';
  request: SimulationRequest;
  outPath: string;
  frames?: readonly [number, number];
}

/** What comes back for `life`; the other kinds leave their work on disk. */
export interface SimulatedLife {
  options: {
    frames: number;
    voxelSize: readonly [number, number, number];
    timeStep: number;
  };
  detections: Detections;
  links: Links;
  /** The track table of the Cell Tracking Challenge; frames inclusive, parent 0 = none. */
  tracks: { id: number; begin: number; end: number; parent: number }[];
  /** Where the truth belongs. */
  truth: { folder: string; trackTable: string; points: string };
}

/** Whatever runs a network without a movie, which may not come back either. */
export type ModelTask =
  /** Finds out what a model is that does not say so itself. */
  | { kind: 'load'; path: string }
  | { kind: 'check'; path: string; device: Device }
  | { kind: 'try'; path: string; device: Device }
  | { kind: 'import'; path: string; output: string | null; overwrite: boolean; draft: string };

/** What comes back, by kind. */
export interface ModelDone {
  /** Without its bytes. */
  load: Model;
  check: ModelReport;
  try: DeviceTrial;
  import: ImportReport;
}

/** A movie to link; `width` = blocks of frames that are decided on at once, each in a thread of its own. */
export interface LinkTask {
  detections: Detections;
  /** The scorer is named: no message can carry it. */
  options: Omit<LinkOptions, 'scorer'>;
  /** File of the network that judges, or null. */
  scorer: string | null;
  width: number;
  /** Where blocks are shared with other machines, or null. */
  sharing: BlockSharing | null;
}

/** A block of frames to decide on, and the network that judges. */
export interface LinkBlockTask extends BlockTask {
  scorer: string | null;
}

/** Every task: its worker file (in `workers/`), input and output. */
export interface Tasks {
  segment: { input: SegmentTask; output: SegmentDone };
  /** In the worker of `segment`; what is wrong is said again by the first frame. */
  openSegment: { input: OpenTask; output: null };
  model: { input: ModelTask; output: ModelDone[keyof ModelDone] };
  simulate: { input: SimulateTask; output: SimulatedLife | null };
  link: { input: LinkTask; output: LinkResult };
  linkBlock: { input: LinkBlockTask; output: BlockOutcome };
}

export type TaskName = keyof Tasks;

/** What stands for the model of tasks that link. */
export const LINKER = 'the linker';

/** A task in the words of an error line: which model it runs, on what. */
export function describeTask<N extends TaskName>(
  name: N,
  input: Tasks[N]['input'],
): { model: string; what: string } {
  if (name === 'segment') {
    const { model, t } = input as SegmentTask;
    return { model, what: `frame ${t}` };
  }
  if (name === 'openSegment') return { model: (input as OpenTask).model, what: 'its start' };
  if (name === 'model') return { model: (input as ModelTask).path, what: 'its test picture' };
  if (name === 'link') return { model: LINKER, what: `${(input as LinkTask).detections.count} detections` };
  if (name === 'linkBlock') return { model: LINKER, what: 'a block of frames' };
  return { model: 'the simulator', what: (input as SimulateTask).kind };
}
