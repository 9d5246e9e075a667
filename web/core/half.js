// Owns the numbers that an IEEE half stands for. Must not know where halves are stored.

/**
 * An IEEE half.
 * @param {number} bits
 */
export function halfToNumber(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** @param {number} x not below 0 */
function roundedToEven(x) {
  const floor = Math.floor(x);
  const rest = x - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}

/**
 * The nearest half, ties to even; beyond 65504 it is infinite.
 * @param {number} x a number of single precision
 */
export function numberToHalf(x) {
  const sign = x < 0 ? 0x8000 : 0;
  const size = Math.abs(x);
  if (size >= 65520) return sign | 0x7c00;
  if (size < 2 ** -14) return sign | roundedToEven(size * 2 ** 24);
  let exponent = Math.floor(Math.log2(size));
  if (2 ** exponent > size) exponent--; // log2 may round up
  return sign | (((exponent + 15) << 10) + roundedToEven(size / 2 ** (exponent - 10)) - 1024);
}
