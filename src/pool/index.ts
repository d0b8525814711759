export { forEachBounded } from './forEachBounded.ts';
export { guard } from './guard.ts';
export type { Pool } from './pool.ts';
export { createPool, EARLY_THREADS } from './pool.ts';
export type {
  LinkBlockTask,
  LinkTask,
  ModelDone,
  ModelTask,
  OpenTask,
  SegmentDone,
  SegmentTask,
  SimulatedLife,
  SimulateTask,
  SimulationRequest,
  TaskName,
  Tasks,
} from './tasks.ts';
export { createThreads, type Threads } from './threads.ts';
export type { Beats } from './wire.ts';
