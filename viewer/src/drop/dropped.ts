/** What was dropped onto the page: its name, and what is in it, null = it is a file. */
export interface Dropped {
  name: string;
  inside: readonly string[] | null;
}

/** What it is, in words, and the command that opens it; '' = none does. */
export interface Answer {
  what: string;
  command: string;
}

const KNOWN =
  'a movie (OME-Zarr, TIFF files), a result of morula, tracks (CTC folder, GEFF, TrackMate, CSV), or a session file';
/** Names of a folder that are told at most. */
const FEW = 4;

/** A page is not told where a file lies: what a person can do about it. */
export function answerTo({ name, inside }: Dropped): Answer {
  const run = (what: string, command: string): Answer => ({
    what: `“${name}” looks like ${what}.`,
    command: `npx morula ${command} "<folder>/${name}"`,
  });
  if (inside === null) {
    if (/\.tiff?$/i.test(name)) return run('a movie', 'track');
    if (/\.(csv|xml|txt|nwk)$/i.test(name)) return run('tracks', 'import');
    if (/\.onnx$/i.test(name)) return run('a network', 'models check');
    return unknown(`a file that morula cannot read`, name);
  }
  const has = (pattern: RegExp): boolean => inside.some((one) => pattern.test(one));
  if (has(/^run\.json$/)) return run('a result of morula', 'view');
  if (/\.geff$/i.test(name)) return run('tracks (GEFF)', 'import');
  if (has(/^(man|res)_track\.txt$/) || has(/^TRA$/)) return run('tracks (Cell Tracking Challenge)', 'import');
  if (/\.zarr$/i.test(name) || has(/^(zarr\.json|\.zattrs|\.zgroup)$/))
    return run('a movie (OME-Zarr)', 'track');
  if (has(/\.tiff?$/i)) return run('a movie (TIFF files)', 'track');
  const some = inside.slice(0, FEW).join(', ');
  const more = inside.length > FEW ? ` and ${inside.length - FEW} more` : '';
  return unknown(inside.length === 0 ? 'an empty folder' : `a folder with ${some}${more}`, name);
}

const unknown = (found: string, name: string): Answer => ({
  what: `“${name}” is ${found}; expected is ${KNOWN}.`,
  command: '',
});

/** Could it be a session, which the page opens itself? */
export const maybeSession = ({ name, inside }: Dropped): boolean => inside === null && /\.json$/i.test(name);
