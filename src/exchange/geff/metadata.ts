/** One axis of a GEFF; `name` is a node property. */
export interface GeffAxis {
  name: string;
  type?: 'space' | 'time' | 'channel' | null;
  unit?: string | null;
  min?: number | null;
  max?: number | null;
  scale?: number | null;
  scaled_unit?: string | null;
  offset?: number | null;
}

/** What a property is. */
export interface GeffProp {
  identifier: string;
  dtype: string;
  varlength?: boolean;
  unit?: string | null;
  name?: string | null;
  description?: string | null;
}

/** A file beside the graph. `label_prop` is the older name of `node_prop`. */
export interface GeffRelated {
  type: string;
  path: string;
  node_prop?: string | null;
  label_prop?: string | null;
}

/** The attribute `geff` of a GEFF group, as far as it is read or written here. */
export interface GeffMetadata {
  geff_version: string;
  directed: boolean;
  axes?: GeffAxis[] | null;
  node_props_metadata: Record<string, GeffProp>;
  edge_props_metadata: Record<string, GeffProp>;
  sphere?: string | null;
  track_node_props?: { lineage?: string; tracklet?: string } | null;
  related_objects?: GeffRelated[] | null;
  extra?: Record<string, unknown> | null;
}

/** Micrometres in one of each length unit of OME-NGFF that microscopes use. */
export const MICROMETRES: Readonly<Record<string, number>> = {
  angstrom: 1e-4,
  nanometer: 1e-3,
  micrometer: 1,
  millimeter: 1e3,
  centimeter: 1e4,
  meter: 1e6,
  // Common spellings outside the specification.
  um: 1,
  µm: 1,
  micron: 1,
  nm: 1e-3,
  mm: 1e3,
};

/** Seconds in one of each time unit. */
export const SECONDS: Readonly<Record<string, number>> = {
  microsecond: 1e-6,
  millisecond: 1e-3,
  second: 1,
  minute: 60,
  hour: 3600,
  day: 86_400,
};
