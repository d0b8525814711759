import {
  createSession,
  isSemanticSession,
  isVolumeSession,
  type Model,
  type PlaneSession,
  type VolumeSession,
} from '../../src/model/index.ts';

type Options = Parameters<typeof createSession>[1];

/** A session of a model that must be a 2D one. */
export async function openPlanes(model: Model, options?: Options): Promise<PlaneSession> {
  const session = await createSession(model, options);
  if (isVolumeSession(session) || isSemanticSession(session))
    throw new Error('the model is no 2D StarDist one');
  return session;
}

/** A session of a model that must be a 3D one. */
export async function openVolumes(model: Model, options?: Options): Promise<VolumeSession> {
  const session = await createSession(model, options);
  if (isSemanticSession(session) || !isVolumeSession(session))
    throw new Error('the model is no 3D StarDist one');
  return session;
}
