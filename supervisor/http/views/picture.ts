import { z } from 'zod';
import { type Picture, pictureSchema } from '../../../shared/picture.ts';
import { isoTime } from './time.ts';

/** What the API tells of a welcome picture besides its bytes. */
export const pictureViewSchema = pictureSchema.omit({ setAt: true }).extend({ setAt: z.iso.datetime() });
export type PictureView = z.infer<typeof pictureViewSchema>;

export function pictureView({ setAt, ...picture }: Picture): PictureView {
  return { ...picture, setAt: isoTime(setAt) };
}
