import * as zlib from 'node:zlib';

/** Node's own. Not imported by name: a Node without it would fail before `shared/require-node.ts` can say what is wrong. */
export const { crc32 } = zlib;
