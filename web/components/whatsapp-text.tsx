import { type ComponentChildren, Fragment, type JSX } from 'preact';
import { parseWhatsAppText, type TextNode } from '../text/whatsapp-format.ts';

/** Phone numbers and sums, as the bot writes them, and M-Pesa's name: read as one word, they stay on one line. */
const WHOLE = /((?:KES|Ksh) [\d,]*\d|(?:\+?254|0)[17]\d\d? \d{3} \d{3}|M-Pesa)/;

function unbroken(text: string): ComponentChildren {
  // With a group in the pattern, each second part is one of its finds.
  return text.split(WHOLE).map((part, index) =>
    index % 2 === 1 ? (
      <span key={part} class="whole">
        {part}
      </span>
    ) : (
      part
    ),
  );
}

function render(node: TextNode, key: number): JSX.Element {
  if (typeof node === 'string') return <Fragment key={key}>{unbroken(node)}</Fragment>;
  switch (node.mark) {
    case 'mono':
      return <code key={key}>{node.text}</code>;
    case 'bold':
      return <strong key={key}>{node.children.map(render)}</strong>;
    case 'italic':
      return <em key={key}>{node.children.map(render)}</em>;
    case 'strike':
      return <s key={key}>{node.children.map(render)}</s>;
  }
}

/** A message as WhatsApp shows it. Everything a person wrote stays text; line breaks are kept by the style. */
export function WhatsAppText({ text }: { text: string }): JSX.Element {
  return <span class="wa-text">{parseWhatsAppText(text).map(render)}</span>;
}
