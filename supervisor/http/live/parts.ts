/** A region with the parts cut out that change more often than what is around them. */
export interface CutRegion {
  /** What is left, with the parts' places marked. */
  readonly skeleton: string;
  /** By their elements' ids. */
  readonly parts: ReadonlyMap<string, string>;
}

/**
 * A tag with its attributes, as preact writes them: values in double quotes, in which `<` and `"` are escaped, but `>` is not. Read attribute by
 * attribute, because a value is other people's words and may look like an attribute itself.
 */
const TAG = /<([a-z][a-z\d]*)((?:\s+[^\s"'<>=/]+(?:="[^"]*")?)*)\s*\/?>/g;
const ATTRIBUTE = /([^\s"'<>=/]+)(?:="([^"]*)")?/g;

/** The id of an element that is a part; undefined for every other element. */
function partId(attributes: string): string | undefined {
  if (!attributes.includes('data-part')) return undefined;
  const read = new Map([...attributes.matchAll(ATTRIBUTE)].map(([, name, value = '']) => [name, value]));
  return read.has('data-part') ? read.get('id') : undefined;
}

/** Cuts the elements marked with `data-part`, each of which has an id; parts do not stand within parts. */
export function cutParts(html: string): CutRegion {
  const parts = new Map<string, string>();
  if (!html.includes('data-part')) return { skeleton: html, parts };
  let skeleton = '';
  let at = 0;
  for (const match of html.matchAll(TAG)) {
    const [, tag = '', attributes = ''] = match;
    const id = partId(attributes);
    if (id === undefined || match.index < at) continue;
    const end = endOfElement(html, tag, match.index);
    parts.set(id, html.slice(match.index, end));
    skeleton += `${html.slice(at, match.index)}<${tag} id="${id}">`;
    at = end;
  }
  return { skeleton: skeleton + html.slice(at), parts };
}

/** Where the element that begins at `start` ends, elements of the same name within it counted. */
function endOfElement(html: string, tag: string, start: number): number {
  const tags = new RegExp(`<(/?)${tag}(?=[\\s>])[^>]*>`, 'g');
  tags.lastIndex = start;
  let depth = 0;
  for (let match = tags.exec(html); match; match = tags.exec(html)) {
    depth += match[1] === '' ? 1 : -1;
    if (depth === 0) return tags.lastIndex;
  }
  throw new Error(`<${tag}> has no end`);
}
