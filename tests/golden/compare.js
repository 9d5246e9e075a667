// Owns how numbers stand in expected files. Must not round a score.

/** @param {unknown} number in single precision */
export function hex(number) {
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, Number(number));
  return view.getUint32(0).toString(16).padStart(8, '0');
}

/** @param {number} x */
export const digits = (x) => Number(x.toPrecision(7));
