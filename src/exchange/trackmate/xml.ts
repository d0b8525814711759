import { createReadStream } from 'node:fs';
import { MorulaError } from '../../errors/index.ts';
import { asReadError } from '../input.ts';

/** A tag, comment or instruction that is longer is refused, so that memory stays bounded; text has no limit. */
const MAX_MARKUP = 16 << 20;
const MAX_DEPTH = 64;
const LT = 60;

/**
 * A piece of an XML file, as it stood there: the `raw` texts of all pieces are the file to the byte. Characters are
 * bytes (latin1), so that no encoding is lost; see `decodeText`. A long text may come in several pieces.
 */
export interface XmlToken {
  kind: 'open' | 'empty' | 'close' | 'text' | 'other';
  /** Of the element; empty for text and other. */
  name: string;
  /** Names and raw values in turn; `empty` and `open` only. */
  attributes: readonly string[];
  raw: string;
  /** Line that it begins on, from 1. */
  line: number;
}

const NONE: readonly string[] = [];

function isSpace(code: number): boolean {
  return code === 32 || code === 10 || code === 13 || code === 9;
}

function isName(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 45 && code <= 58 && code !== 47) ||
    code === 95 ||
    code >= 128
  );
}

/** Value of an attribute, raw; undefined where the element has none of that name. */
export function attribute({ attributes }: XmlToken, name: string): string | undefined {
  for (let i = 0; i < attributes.length; i += 2) if (attributes[i] === name) return attributes[i + 1];
  return undefined;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const REFERENCE = /&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#x([0-9a-fA-F]{1,6}));/g;

/** Text of a raw (latin1) piece of a UTF-8 file: bytes decoded, references replaced. */
export function decodeText(raw: string): string {
  const text = Buffer.from(raw, 'latin1').toString('utf8');
  if (!text.includes('&')) return text;
  return text.replace(
    REFERENCE,
    (_, name?: string, decimal?: string, hex?: string) =>
      ENTITIES[name ?? ''] ?? String.fromCodePoint(Math.min(0x10ffff, Number(decimal ?? `0x${hex ?? '0'}`))),
  );
}

/** Text as an attribute may hold it. */
export function encodeText(text: string): string {
  const safe = text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: XML holds none of them
  return safe.replace(/[\u0000-\u001f]/g, ' ');
}

/** A started scan of a tag: what it is and where it ends; null = more text is needed. */
type Tag = Pick<XmlToken, 'kind' | 'name' | 'attributes'> & { end: number };

type Fail = (message: string) => never;

function skipSpace(text: string, at: number): number {
  let i = at;
  while (isSpace(text.charCodeAt(i))) i++;
  return i;
}

function skipName(text: string, at: number): number {
  let i = at;
  while (isName(text.charCodeAt(i))) i++;
  return i;
}

/** Refuses an attribute that is there twice. */
function checkTwice(name: string, attributes: readonly string[], fail: Fail): void {
  const seen = new Set<string>();
  for (let i = 0; i < attributes.length; i += 2) {
    if (seen.has(attributes[i])) fail(`<${name}> must have attribute ${attributes[i]} once, found twice`);
    seen.add(attributes[i]);
  }
}

/**
 * The tag whose `<` is at `start`.
 *
 * @param likes the last tag of every name: most have the same attributes in the same order, which saves checks
 */
function scanTag(text: string, start: number, likes: Map<string, Tag>, fail: Fail): Tag | null {
  const closing = text[start + 1] === '/';
  const from = closing ? start + 2 : start + 1;
  let at = skipName(text, from);
  if (at >= text.length) return null;
  const name = text.slice(from, at);
  if (name === '') fail(`"<" must begin an element, found ${JSON.stringify(text.slice(start, start + 20))}`);
  const attributes: string[] = [];
  const like = likes.get(name)?.attributes ?? NONE;
  let alike = true;
  const done = (kind: Tag['kind'], end: number): Tag => {
    const tag = { kind, name, attributes, end };
    if (!alike) checkTwice(name, attributes, fail);
    if (!closing && (!alike || attributes.length !== like.length)) likes.set(name, tag);
    return tag;
  };
  for (;;) {
    const spaced = isSpace(text.charCodeAt(at));
    at = skipSpace(text, at);
    if (at >= text.length) return null;
    if (text[at] === '>') return done(closing ? 'close' : 'open', at + 1);
    if (text[at] === '/' && !closing) {
      if (at + 1 >= text.length) return null;
      if (text[at + 1] !== '>') fail(`<${name}>: "/" must be followed by ">"`);
      return done('empty', at + 2);
    }
    const begin = at;
    at = skipName(text, at);
    if (at >= text.length) return null;
    const key = text.slice(begin, at);
    if (closing || !spaced || key === '') {
      fail(`<${closing ? '/' : ''}${name}> must be closed by ">", found ${JSON.stringify(text[at] ?? '')}`);
    }
    at = skipSpace(text, at);
    if (at >= text.length) return null;
    if (text[at] !== '=') fail(`<${name}>: attribute ${key} must have a value`);
    at = skipSpace(text, at + 1);
    if (at >= text.length) return null;
    const quote = text[at];
    if (quote !== '"' && quote !== "'") fail(`<${name}>: the value of ${key} must be in quotes`);
    const end = text.indexOf(quote, at + 1);
    const value = text.slice(at + 1, end < 0 ? text.length : end);
    if (value.includes('<')) fail(`<${name}>: the value of ${key} must be closed before "<"`);
    if (end < 0) return null;
    const same = like[attributes.length] === key;
    alike &&= same;
    attributes.push(same ? like[attributes.length] : key, value);
    at = end + 1;
  }
}

/** End of `<!-- -->`, `<![CDATA[ ]]>` or `<? ?>` at `start`; -1 = more text is needed, null = none of them. */
function scanOther(text: string, start: number, fail: Fail): number | null {
  const closed = (by: string, skip: number): number => {
    const end = text.indexOf(by, start + skip);
    return end < 0 ? -1 : end + by.length;
  };
  if (text[start + 1] === '?') return closed('?>', 2);
  if (text[start + 1] !== '!') return null;
  if (text.startsWith('<!--', start)) return closed('-->', 4);
  if (text.startsWith('<![CDATA[', start)) return closed(']]>', 9);
  return fail('must hold no document type or entities of its own, found "<!"; take them out');
}

/** Refuses references that are not the five of XML or a character's number. */
function checkReferences(text: string, fail: Fail): void {
  if (!text.includes('&')) return;
  const rest = text.replace(REFERENCE, '');
  const at = rest.indexOf('&');
  if (at < 0) return;
  fail(`"&" must begin a reference such as &amp;, found ${JSON.stringify(rest.slice(at, at + 12))}`);
}

function countLines(text: string): number {
  let n = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) n++;
  return n;
}

/** Turns text, as it comes, into tokens; a small part that waits for more stays inside. */
function createTokenizer(place: string): { push(chunk: string, final: boolean): XmlToken[] } {
  const open: { name: string; line: number }[] = [];
  const likes = new Map<string, Tag>();
  let rest = '';
  let line = 1;
  let roots = 0;
  const fail: Fail = (message) => {
    throw new MorulaError('invalid-data', `${place}: line ${line}: ${message}`);
  };
  const enter = (tag: Tag): void => {
    if (tag.kind === 'close') {
      const last = open.pop();
      if (!last) fail(`</${tag.name}> must close an element, none is open`);
      else if (last.name !== tag.name) {
        fail(`<${last.name}> of line ${last.line} must be closed first, found </${tag.name}>`);
      }
      return;
    }
    if (open.length === 0 && ++roots > 1)
      fail(`must have one outermost element, found another <${tag.name}>`);
    for (let i = 1; i < tag.attributes.length; i += 2) checkReferences(tag.attributes[i], fail);
    if (tag.kind === 'open') open.push({ name: tag.name, line });
    if (open.length > MAX_DEPTH) fail(`elements must be ${MAX_DEPTH} deep at most, <${tag.name}> is deeper`);
  };
  /** Length of the text at `at` that may be handed out: not a reference that goes on in the next chunk. */
  const textEnd = (at: number, final: boolean): number => {
    const end = rest.indexOf('<', at);
    if (end >= 0 || final) return end < 0 ? rest.length : end;
    const cut = rest.lastIndexOf('&');
    return cut >= at && rest.length - cut < 12 && !rest.includes(';', cut) ? cut : rest.length;
  };
  const next = (at: number, final: boolean): (Omit<XmlToken, 'raw' | 'line'> & { end: number }) | null => {
    if (rest.charCodeAt(at) !== LT) {
      const end = textEnd(at, final);
      if (end === at) return null;
      const text = rest.slice(at, end);
      checkReferences(text, fail);
      if (open.length === 0 && text.trim() !== '') fail('must begin and end with an element, found text');
      return { kind: 'text', name: '', attributes: NONE, end };
    }
    if (rest.length - at < 9 && !final) return null;
    const end = scanOther(rest, at, fail);
    if (end !== null) return end < 0 ? null : { kind: 'other', name: '', attributes: NONE, end };
    const tag = scanTag(rest, at, likes, fail);
    if (tag) enter(tag);
    return tag;
  };
  const finish = (at: number): void => {
    if (at < rest.length) fail(`${JSON.stringify(rest.slice(at, at + 20))} must be closed, the file ends`);
    const last = open.at(-1);
    if (last) fail(`<${last.name}> of line ${last.line} must be closed, the file ends`);
    if (roots === 0) fail('must hold an element, found none');
  };
  return {
    push(chunk, final) {
      rest += chunk;
      const tokens: XmlToken[] = [];
      let at = 0;
      while (at < rest.length) {
        const found = next(at, final);
        if (!found) break;
        const { end, ...about } = found;
        const raw = rest.slice(at, end);
        tokens.push({ ...about, raw, line });
        line += countLines(raw);
        at = end;
      }
      if (final) finish(at);
      rest = rest.slice(at);
      if (rest.length > MAX_MARKUP) fail(`a tag or comment must be ${MAX_MARKUP} bytes long at most`);
      return tokens;
    },
  };
}

/**
 * Reads an XML file as a stream of tokens, some thousand at a time; memory does not grow with the file. Checks that
 * elements nest, attributes are quoted and there once. A document type, and with it entities, is refused.
 *
 * @throws `not-found`, `invalid-data` (exit 65) that names line and element
 */
export async function* readXml(path: string, place: string): AsyncGenerator<XmlToken[]> {
  const tokenizer = createTokenizer(place);
  const stream = createReadStream(path, { encoding: 'latin1', highWaterMark: 1 << 18 });
  let first = true;
  try {
    for await (const chunk of stream as AsyncIterable<string>) {
      if (first && /^(\xff\xfe|\xfe\xff)/.test(chunk)) {
        throw new MorulaError('invalid-data', `${place}: must be UTF-8, found UTF-16; save it as UTF-8`);
      }
      const bom = first && chunk.startsWith('\xef\xbb\xbf');
      first = false;
      if (bom) yield [{ kind: 'other', name: '', attributes: NONE, raw: chunk.slice(0, 3), line: 1 }];
      yield tokenizer.push(bom ? chunk.slice(3) : chunk, false);
    }
    yield tokenizer.push('', true);
  } catch (error) {
    throw asReadError(path, error);
  } finally {
    stream.destroy();
  }
}
