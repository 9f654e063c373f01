/** A region with the parts cut out that change more often than what is around them. */
export interface CutRegion {
  /** What is left, with the parts' places marked. */
  readonly skeleton: string;
  /** By their elements' ids. */
  readonly parts: ReadonlyMap<string, string>;
}

/** In rendered HTML `<` begins nothing but a tag, and `data-part` stands on elements of our own whose attributes hold no `>`. */
const PART = /<([a-z][a-z\d]*)(?=[^>]*\sdata-part(?:=""|[\s>]))(?=[^>]*\sid="([\w-]+)")[^>]*>/g;

/** Cuts the elements marked with `data-part`, each of which has an id; parts do not stand within parts. */
export function cutParts(html: string): CutRegion {
  const parts = new Map<string, string>();
  let skeleton = '';
  let at = 0;
  for (const match of html.matchAll(PART)) {
    const [, tag = '', id = ''] = match;
    if (match.index < at) continue;
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
