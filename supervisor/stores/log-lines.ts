import { checksum } from './lines.ts';

/** `["xxxxxxxx",` before the JSON and `]` behind it. */
const JSON_START = 12;

export function logLine(json: string): string {
  return `["${checksum(json)}",${json}]\n`;
}

/** The JSON value of a line without its newline; undefined when the line is damaged. */
export function parseLogLine(bytes: Buffer): unknown {
  if (bytes.length <= JSON_START) return undefined;
  const json = bytes.subarray(JSON_START, bytes.length - 1);
  if (bytes.toString('latin1', 0, JSON_START) !== `["${checksum(json)}",`) return undefined;
  try {
    return JSON.parse(json.toString('utf8'));
  } catch {
    // Damaged in a way that the checksum does not show; whoever reads reports the line like every other damaged one.
    return undefined;
  }
}

/** How many bytes of such a line are its JSON. */
export const jsonBytesOf = (line: Uint8Array): number => line.length - JSON_START - 1;
