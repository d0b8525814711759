const PREFIXES: Record<string, number> = {
  '': 1,
  yocto: 1e-24,
  zepto: 1e-21,
  atto: 1e-18,
  femto: 1e-15,
  pico: 1e-12,
  nano: 1e-9,
  micro: 1e-6,
  milli: 1e-3,
  centi: 1e-2,
  deci: 1e-1,
  deca: 1e1,
  hecto: 1e2,
  kilo: 1e3,
  mega: 1e6,
  giga: 1e9,
  tera: 1e12,
  peta: 1e15,
  exa: 1e18,
  zetta: 1e21,
  yotta: 1e24,
};

/** Short and irregular names, in metres. */
const LENGTHS: Record<string, number> = {
  m: 1,
  mm: 1e-3,
  um: 1e-6,
  µm: 1e-6,
  μm: 1e-6,
  micron: 1e-6,
  nm: 1e-9,
  pm: 1e-12,
  angstrom: 1e-10,
  inch: 0.0254,
  foot: 0.3048,
  yard: 0.9144,
  mile: 1609.344,
};

/** Short and irregular names, in seconds. */
const TIMES: Record<string, number> = {
  s: 1,
  sec: 1,
  ms: 1e-3,
  us: 1e-6,
  min: 60,
  minute: 60,
  h: 3600,
  hour: 3600,
  d: 86400,
  day: 86400,
};

/** Micrometres in one unit of length, or null when the name is none. */
export function micrometresPer(unit: string): number | null {
  const metres = LENGTHS[unit] ?? prefixed(unit, /^(.*?)met(?:er|re)s?$/) ?? LENGTHS[unit.replace(/s$/, '')];
  // Rounded, so that 1e-6 m is exactly 1.
  return metres === undefined ? null : Number((metres * 1e6).toPrecision(15));
}

/** Seconds in one unit of time, or null when the name is none. */
export function secondsPer(unit: string): number | null {
  return TIMES[unit] ?? prefixed(unit, /^(.*?)seconds?$/) ?? TIMES[unit.replace(/s$/, '')] ?? null;
}

function prefixed(unit: string, pattern: RegExp): number | undefined {
  const match = pattern.exec(unit);
  return match && Object.hasOwn(PREFIXES, match[1]) ? PREFIXES[match[1]] : undefined;
}
