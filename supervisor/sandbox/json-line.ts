/**
 * A value as one line of JSON. The line separators U+2028 and U+2029, which JSON allows within texts, are escaped: line readers
 * (Node's readline since version 24, for one) end a line there.
 */
export function jsonLine(value: object): string {
  const json = JSON.stringify(value)
    .replace(/\u2028/g, '\\u2028')
    .replace(/\u2029/g, '\\u2029');
  return `${json}\n`;
}
