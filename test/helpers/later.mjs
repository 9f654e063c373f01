/**
 * Preloaded into a product's processes by startProduct's `laterByMs`: their wall clock is that much ahead, as if the
 * product had been switched off for so long. Only Date is moved; timers run as ever.
 */
const laterByMs = Number(process.env.TEST_CLOCK_LATER_MS);
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
