/** For turns in whose test nobody is an admin of a shop. */
export async function nobodyAsks(): Promise<never> {
  throw new Error('Nobody is an admin here');
}
