export type { ModelPort, ModelReport } from './check.ts';
export { checkModel } from './check.ts';
export { modelDigest } from './digest.ts';
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
  PlaneManifest,
  PlaneSession,
  Rays,
  Triple,
  VolumeManifest,
  VolumeOutput,
  VolumeSession,
} from './types.ts';
export { isVolumeSession } from './types.ts';
