import { Fragment, type JSX } from 'preact';
import { parseWhatsAppText, type TextNode } from '../text/whatsapp-format.ts';
import { unbroken } from './values.tsx';

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
