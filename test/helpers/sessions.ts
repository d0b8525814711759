import {
  createSession,
  isVolumeSession,
  type Model,
  type PlaneSession,
  type VolumeSession,
} from '../../src/model/index.ts';

type Options = Parameters<typeof createSession>[1];

/** A session of a model that must be a 2D one. */
export async function openPlanes(model: Model, options?: Options): Promise<PlaneSession> {
  const session = await createSession(model, options);
  if (isVolumeSession(session)) throw new Error('the model is a 3D one');
  return session;
}

/** A session of a model that must be a 3D one. */
export async function openVolumes(model: Model, options?: Options): Promise<VolumeSession> {
  const session = await createSession(model, options);
  if (!isVolumeSession(session)) throw new Error('the model is a 2D one');
  return session;
}
