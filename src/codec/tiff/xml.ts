/** A start or end tag. */
export interface XmlTag {
  /** Local name, without a namespace prefix. */
  name: string;
  /** True for `</name>`. */
  end: boolean;
  /** Attribute values by local name, entities decoded; empty for an end tag. */
  attributes: Record<string, string>;
}

/**
 * The tags of a document in order, without a check of its structure: enough to read attributes from metadata that
 * many programs write slightly wrong. Comments, CDATA and declarations are passed over. Cost: linear.
 */
export function* xmlTags(xml: string): Generator<XmlTag> {
  for (let at = xml.indexOf('<'); at >= 0; at = xml.indexOf('<', at)) {
    const closer = xml.startsWith('<!--', at) ? '-->' : xml.startsWith('<![CDATA[', at) ? ']]>' : null;
    const close = closer === null ? tagEnd(xml, at) : xml.indexOf(closer, at);
    if (close < 0) return;
    if (closer === null && xml[at + 1] !== '?' && xml[at + 1] !== '!')
      yield parseTag(xml.slice(at + 1, close));
    at = close + 1;
  }
}

/** Position of the `>` that ends the tag at `at`, passing over quoted values; -1 when it never ends. */
function tagEnd(xml: string, at: number): number {
  let quote = 0;
  for (let i = at + 1; i < xml.length; i++) {
    const c = xml.charCodeAt(i);
    if (quote !== 0) {
      if (c === quote) quote = 0;
    } else if (c === 34 || c === 39) quote = c;
    else if (c === 62) return i;
  }
  return -1;
}

function parseTag(body: string): XmlTag {
  const end = body.startsWith('/');
  const name = /^\/?([^\s/>]+)/.exec(body)?.[1] ?? '';
  const attributes: Record<string, string> = {};
  if (!end) {
    for (const match of body.matchAll(/\s([^\s=/"']+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)) {
      attributes[localName(match[1])] = decodeEntities(match[2] ?? match[3]);
    }
  }
  return { name: localName(name), end, attributes };
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

const ENTITIES: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function decodeEntities(text: string): string {
  return text.replace(/&(#x[0-9a-f]{1,6}|#\d{1,7}|\w{1,8});/gi, (whole, name: string) => {
    if (name[0] !== '#') return ENTITIES[name] ?? whole;
    const code =
      name[1] === 'x' || name[1] === 'X' ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
