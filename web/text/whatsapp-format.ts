/** WhatsApp's inline marks, read into a tree that a component renders; never into HTML. */
export type TextNode =
  | string
  | { readonly mark: 'bold' | 'italic' | 'strike'; readonly children: readonly TextNode[] }
  | { readonly mark: 'mono'; readonly text: string };

const MARKS = { '*': 'bold', _: 'italic', '~': 'strike' } as const;

/**
 * Marks count only at word edges, around something, within one line, as WhatsApp has it: `2*3*4` and `a_b_c` stay as they are.
 * The bound keeps a hostile message from costing more than its length; no run of formatting is that long.
 */
const MARKED =
  /(?<mono>```(?<block>[\s\S]+?)```|`(?<inline>[^`\n]+)`)|(?<![\p{L}\p{N}])(?<mark>[*_~])(?=\S)(?<body>[^\n]{0,600}?\S)\k<mark>(?![\p{L}\p{N}])/u;

/** The deepest nesting that is read; deeper marks are shown as typed. */
const MAX_DEPTH = 4;

export function parseWhatsAppText(text: string, depth = 0): readonly TextNode[] {
  const nodes: TextNode[] = [];
  let rest = text;
  while (rest !== '') {
    const match = depth < MAX_DEPTH ? MARKED.exec(rest) : null;
    if (!match?.groups) {
      nodes.push(rest);
      break;
    }
    if (match.index > 0) nodes.push(rest.slice(0, match.index));
    const { mono, block, inline, mark, body } = match.groups;
    if (mono !== undefined) nodes.push({ mark: 'mono', text: block ?? inline ?? '' });
    else if ((mark === '*' || mark === '_' || mark === '~') && body !== undefined) {
      nodes.push({ mark: MARKS[mark], children: parseWhatsAppText(body, depth + 1) });
    }
    rest = rest.slice(match.index + match[0].length);
  }
  return nodes;
}

/** The same text without its marks, for labels. */
export function plainText(text: string): string {
  const flatten = (node: TextNode): string => {
    if (typeof node === 'string') return node;
    return node.mark === 'mono' ? node.text : node.children.map(flatten).join('');
  };
  return parseWhatsAppText(text).map(flatten).join('');
}
