const MICROMETRES: Record<string, number> = {
  pm: 1e-6,
  nm: 1e-3,
  nanometer: 1e-3,
  um: 1,
  micron: 1,
  microns: 1,
  micrometer: 1,
  micrometers: 1,
  micrometre: 1,
  mm: 1e3,
  millimeter: 1e3,
  cm: 1e4,
  m: 1e6,
  inch: 25400,
  in: 25400,
};

const SECONDS: Record<string, number> = {
  ms: 1e-3,
  msec: 1e-3,
  s: 1,
  sec: 1,
  second: 1,
  seconds: 1,
  min: 60,
  minute: 60,
  minutes: 60,
  h: 3600,
  hour: 3600,
  hours: 3600,
  hr: 3600,
  d: 86400,
};

/** Micrometres of one unit of length as microscopes' programs spell it, or null when it is none (pixels). */
export function micrometresOf(unit: string): number | null {
  // The micro sign and the Greek mu, also as the escape that ImageJ writes.
  const plain = unit.trim().replace(/\\u00b5|\u00b5|\u03bc/gi, 'u');
  return MICROMETRES[plain] ?? MICROMETRES[plain.toLowerCase()] ?? null;
}

/** Seconds of one unit of time, or null when it is none. */
export function secondsOf(unit: string): number | null {
  const plain = unit.trim().toLowerCase();
  return SECONDS[plain] ?? null;
}

/** The number in `text` when it is finite and greater than 0, else null. */
export function positive(text: string | undefined): number | null {
  const value = text === undefined || text.trim() === '' ? Number.NaN : Number(text);
  return Number.isFinite(value) && value > 0 ? value : null;
}
