export { forEachBounded } from './forEachBounded.ts';
export type { Outcome } from './guard.ts';
export { guard } from './guard.ts';
export type { Pool } from './pool.ts';
export { createPool } from './pool.ts';
export type {
  SegmentDone,
  SegmentTask,
  SimulatedLife,
  SimulateTask,
  SimulationRequest,
  TaskName,
  Tasks,
} from './tasks.ts';
