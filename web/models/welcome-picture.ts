import type { Picture } from '../../shared/picture.ts';

/** A bot's welcome picture and the greeting that stands beneath it. */
export interface WelcomePictureModel {
  readonly clientId: string;
  readonly picture?: Picture;
  /** What the bot would say now to somebody who writes for the first time, while the shop is open. */
  readonly greeting: string;
  /** False: the greeting is too long to stand under a picture. */
  readonly fits: boolean;
}
