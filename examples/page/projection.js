// Owns the plane that the map of the demo page is drawn on: where each film lies, by what the model says is
// alike. Must not draw.

const landmarkCount = 48;
const steps = 60;

/** @param {Float64Array} vector */
function unit(vector) {
  const length = Math.hypot(...vector) || 1;
  return vector.map((x) => x / length);
}

/**
 * The direction along which rows differ most, by power iteration on their covariance.
 * @param {Float64Array} covariance (n x n)
 * @param {number} n
 */
function mainDirection(covariance, n) {
  let direction = unit(Float64Array.from({ length: n }, (_, i) => Math.sin(i + 1)));
  for (let step = 0; step < steps; step++)
    direction = unit(
      Float64Array.from({ length: n }, (_, i) => {
        let sum = 0;
        for (let j = 0; j < n; j++) sum += covariance[i * n + j] * direction[j];
        return sum;
      }),
    );
  return direction;
}

/**
 * @param {Float64Array[]} columns each with mean 0
 * @returns {Float64Array}
 */
function covarianceOf(columns) {
  const n = columns.length;
  const covariance = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let row = 0; row < columns[i].length; row++) sum += columns[i][row] * columns[j][row];
      covariance[i * n + j] = covariance[j * n + i] = sum;
    }
  return covariance;
}

/**
 * What is left when a direction is taken away.
 * @param {Float64Array} covariance
 * @param {Float64Array} direction
 */
function deflate(covariance, direction) {
  const n = direction.length;
  const image = Float64Array.from({ length: n }, (_, i) => {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += covariance[i * n + j] * direction[j];
    return sum;
  });
  const value = image.reduce((sum, x, i) => sum + x * direction[i], 0);
  return covariance.map((x, at) => x - value * direction[Math.floor(at / n)] * direction[at % n]);
}

/**
 * @param {Float64Array[]} columns
 * @param {Float64Array} direction
 */
const project = (columns, direction) =>
  Float64Array.from(columns[0], (_, row) =>
    columns.reduce((sum, column, i) => sum + column[row] * direction[i], 0),
  );

/**
 * Places mostly by rank among all, a quarter by their own: no film far out squeezes the others together.
 * @param {Float64Array} values
 */
function spread(values) {
  const order = Array.from(values.keys()).sort((a, b) => values[a] - values[b]);
  const low = values[order[0]],
    width = values[order[order.length - 1]] - low || 1;
  const places = new Float64Array(values.length);
  for (const [rank, row] of order.entries())
    places[row] = (3 * (rank / Math.max(1, order.length - 1)) + (values[row] - low) / width) / 4;
  return places;
}

/**
 * Two main directions (PCA) of how alike each film is to some that are spread over the catalogue. What is
 * alike is what the model's vectors say (cosines), so this is a projection of the vectors.
 * @param {import('ampcf').Model} model
 * @param {() => Promise<void>} pause is waited for between parts of the work
 * @returns {Promise<Map<string, [x: number, y: number]>>} 0 to 1
 */
export async function placesOf(model, pause) {
  const ids = model.ids();
  const at = new Map(ids.map((item, row) => [item, row]));
  const count = Math.min(landmarkCount, ids.length);
  /** @type {Float64Array[]} */
  const columns = [];
  for (let n = 0; n < count; n++) {
    await pause();
    const landmark = ids[Math.floor((n * ids.length) / count)];
    const column = new Float64Array(ids.length);
    column[/** @type {number} */ (at.get(landmark))] = 1;
    for (const { item, score } of model.similar(landmark, { topK: ids.length }))
      column[/** @type {number} */ (at.get(item))] = score;
    const mean = column.reduce((sum, x) => sum + x, 0) / column.length;
    columns.push(column.map((x) => x - mean));
  }
  await pause();
  const covariance = covarianceOf(columns);
  await pause();
  const first = mainDirection(covariance, count);
  const second = mainDirection(deflate(covariance, first), count);
  const x = spread(project(columns, first)),
    y = spread(project(columns, second));
  return new Map(ids.map((item, row) => [item, [x[row], y[row]]]));
}
