export type { ModelPort, ModelReport } from './check.ts';
export { checkModel } from './check.ts';
export type { DeviceOffer } from './devices.ts';
export { offeredDevices } from './devices.ts';
export { modelDigest } from './digest.ts';
export type { ImportReport } from './import/index.ts';
export { importModel } from './import/index.ts';
export { builtinModels, builtinsFor, loadModel, loadStatedModel } from './load.ts';
export type { Feed, Network, NetworkInput } from './network.ts';
export { openNetwork } from './network.ts';
export { activate } from './semantic/activate.ts';
export type {
  InstanceRules,
  SemanticManifest,
  SemanticNormalise,
  SemanticSession,
} from './semantic/types.ts';
export { createSession } from './session.ts';
export type { DeviceTrial } from './tryDevice.ts';
export { MAX_DIFFERENCE, tryDevice } from './tryDevice.ts';
export type {
  BuiltinModel,
  Device,
  GridOutput,
  KeepRule,
  Layout,
  Manifest,
  Model,
  ModelSession,
  PlaneManifest,
  PlaneSession,
  Rays,
  StarManifest,
  Triple,
  VolumeManifest,
  VolumeOutput,
  VolumeSession,
} from './types.ts';
export { isSemanticSession, isVolumeSession } from './types.ts';
export { watchRuns } from './watch.ts';
