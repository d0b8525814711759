import { isObject, type JsonObject } from '../codec/index.ts';
import { MorulaError } from '../errors/index.ts';
import { show } from './omeZarrAxes.ts';

/**
 * A multiscale image of OME-Zarr 0.6 in the form of 0.5: the axes of the coordinate system into which its levels are
 * mapped, and each level's scale. What leads on from there to other systems (a stage, a world) does not matter here.
 *
 * Source: OME-NGFF specification 0.6rc0, schemas image, coordinate_systems and coordinate_transformations.
 * @throws `invalid-metadata` where systems or transformations are missing or do not name each other
 */
export function fromCoordinateSystems(image: JsonObject, place: string): JsonObject {
  const systems = image.coordinateSystems;
  if (!Array.isArray(systems) || systems.length === 0)
    throw bad(place, 'coordinateSystems must be a list with the axes', systems);
  const { datasets } = image;
  // Without levels it is those that are missed.
  if (!Array.isArray(datasets) || datasets.length === 0) return { ...image, axes: axesOf(systems[0]) };
  const [name, ...others] = new Set(datasets.map((dataset) => systemOf(dataset, place)));
  if (others.length > 0) throw bad(place, 'all levels must lie in one coordinate system', [name, ...others]);
  const system = systems.find((entry) => isObject(entry) && entry.name === name);
  if (system === undefined)
    throw bad(place, `coordinateSystems must hold ${show(name)}, where the levels lie`, systems.map(nameOf));
  return {
    ...image,
    axes: axesOf(system),
    datasets: datasets.map(flatten),
    coordinateTransformations: undefined,
  };
}

/** Its axes, which must be said: only versions before 0.3 have none. */
function axesOf(system: unknown): unknown {
  return (isObject(system) ? system.axes : undefined) ?? [];
}

function nameOf(system: unknown): unknown {
  return isObject(system) ? system.name : system;
}

/** The only transformation of a level. */
function transformOf(dataset: unknown, place: string): JsonObject {
  const list = isObject(dataset) ? dataset.coordinateTransformations : undefined;
  if (Array.isArray(list) && list.length === 1 && isObject(list[0])) return list[0];
  throw bad(place, 'every level must have one coordinate transformation', list);
}

/** Name of the coordinate system that a level is mapped into: `{ "name": ... }`, or the name alone. */
function systemOf(dataset: unknown, place: string): string {
  const { output } = transformOf(dataset, place);
  const name = isObject(output) ? output.name : output;
  if (typeof name === 'string') return name;
  throw bad(place, 'output of a transformation must name a coordinate system', output);
}

/** A level whose transformation is a plain list; a sequence is spread out. */
function flatten(dataset: JsonObject): JsonObject {
  const [transform] = dataset.coordinateTransformations as [JsonObject];
  const list = transform.type === 'sequence' ? transform.transformations : [transform];
  return { ...dataset, coordinateTransformations: list };
}

function bad(place: string, must: string, found: unknown): MorulaError {
  return new MorulaError('invalid-metadata', `read: ${place}: ${must}, found ${show(found)}`);
}
