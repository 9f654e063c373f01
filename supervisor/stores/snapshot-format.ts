import { z } from 'zod';

/**
 * A snapshot is a JSON document with one record per line, each with the CRC-32 of what follows it in its line, so that damage is
 * found and located, and a person can read and compare it:
 *
 *     {"header":["<crc>",{"format":1,"collection":"orders","seq":12,"count":2,…}],"records":[
 *     ["<crc>",{…record…}],
 *     ["<crc>",{…record…},1234]
 *     ],"footer":["<crc>",{"count":2,"lines":"<crc over all lines' crcs>"}]}
 *
 * The optional number behind an order is where the latest chunk of its timeline stands in timelines.jsonl.
 */
export const FORMAT_VERSION = 1;

const logPositionSchema = z.object({
  length: z.number().int().nonnegative(),
  committedSeq: z.number().int().nonnegative(),
});

export const snapshotNotesSchema = z.object({
  /** Beside the orders: how far the log files are known. */
  timelines: logPositionSchema.optional(),
  audit: logPositionSchema.optional(),
  /** Beside the outbox: the highest number that was ever given out. */
  highestSeq: z.number().int().nonnegative().optional(),
});
export type SnapshotNotes = z.infer<typeof snapshotNotesSchema>;

export const snapshotHeaderSchema = z.object({
  format: z.number(),
  collection: z.string(),
  /** The transaction it stands at, exactly. */
  seq: z.number().int().nonnegative(),
  savedAt: z.number(),
  count: z.number().int().nonnegative(),
  notes: snapshotNotesSchema,
});
export type SnapshotHeader = z.infer<typeof snapshotHeaderSchema>;

export const snapshotFooterSchema = z.object({ count: z.number().int(), lines: z.string() });

export const HEADER_START = '{"header":["';
export const HEADER_END = '],"records":[';
export const FOOTER_START = '],"footer":["';
export const FOOTER_END = ']}';
export const CHECKSUM_LENGTH = 8;

export const snapshotFile = (collection: string): string => `${collection}.json`;
export const previousFile = (collection: string): string => `${collection}.previous.json`;
