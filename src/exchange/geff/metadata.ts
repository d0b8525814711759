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
  /** Names of the axes along which a picture lies. */
  display_hints?: {
    display_horizontal?: string | null;
    display_vertical?: string | null;
    display_depth?: string | null;
    display_time?: string | null;
  } | null;
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
  // Common spellings outside the specification, those of TrackMate and ImageJ among them (µ is two characters).
  um: 1,
  µm: 1,
  μm: 1,
  micron: 1,
  microns: 1,
  micrometers: 1,
  micrometre: 1,
  micrometres: 1,
  nm: 1e-3,
  nanometers: 1e-3,
  mm: 1e3,
  millimeters: 1e3,
};

/** Seconds in one of each time unit. */
export const SECONDS: Readonly<Record<string, number>> = {
  microsecond: 1e-6,
  millisecond: 1e-3,
  second: 1,
  minute: 60,
  hour: 3600,
  day: 86_400,
  // The same.
  s: 1,
  sec: 1,
  secs: 1,
  seconds: 1,
  ms: 1e-3,
  msec: 1e-3,
  min: 60,
  mins: 60,
  minutes: 60,
  h: 3600,
  hr: 3600,
  hours: 3600,
  days: 86_400,
};
