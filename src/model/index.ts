export type { ModelPort, ModelReport } from './check.ts';
export { checkModel } from './check.ts';
export type { ImportReport } from './import/index.ts';
export { importModel } from './import/index.ts';
export { builtinModels, loadModel } from './load.ts';
export { createSession } from './session.ts';
export type {
  BuiltinModel,
  Device,
  GridOutput,
  Layout,
  Manifest,
  Model,
  ModelSession,
} from './types.ts';
