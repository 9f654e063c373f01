/** Times leave the product as ISO 8601 in UTC. @param at milliseconds since the epoch */
export function isoTime(at: number): string {
  return new Date(at).toISOString();
}

/** For optional fields: `...optionalTime('readySince', at)` leaves the field out when there is no time. */
export function optionalTime<K extends string>(name: K, at: number | undefined): { [P in K]?: string } {
  const field: { [P in K]?: string } = {};
  if (at !== undefined) field[name] = isoTime(at);
  return field;
}
