/**
 * Preloaded into a product's processes by startProduct's `laterByMs`: their wall clock is that much ahead, as if the
 * product had been switched off for so long. Only Date is moved; timers run as ever.
 */
// Told in its own address, because the product hands few environment variables on to its processes.
const laterByMs = Number(new URL(import.meta.url).searchParams.get('laterByMs'));
const RealDate = Date;

globalThis.Date = class extends RealDate {
  constructor(...parts) {
    if (parts.length === 0) super(RealDate.now() + laterByMs);
    else super(...parts);
  }
  static now() {
    return RealDate.now() + laterByMs;
  }
};
