// Owns running a job on a Spark of this machine: which Python has pyspark, a cluster of two executors, its
// output as rows. Must not know what a job does.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** `.ci/run` installs the first; AMPCF_PYTHON names another. */
const pythons = [process.env.AMPCF_PYTHON, join(root, 'build/python/bin/python3'), 'python3'].filter(Boolean);

const quickJava = '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC';
const askPython = 'import numpy, pyspark, pyspark.ml, os; print(os.path.dirname(pyspark.__file__))';

/** @returns {{ python: string, home: string } | string} or why there is none */
function findSpark() {
  const java = spawnSync('java', ['-version'], { encoding: 'utf8' });
  const version = Number(/version "(\d+)/.exec(java.stderr ?? '')?.[1]);
  if (!(version >= 17)) return `got Java ${version || 'none'}, wanted 17 or newer`;
  for (const python of pythons) {
    const { status, stdout } = spawnSync(String(python), ['-c', askPython], { encoding: 'utf8' });
    if (status === 0) return { python: String(python), home: stdout.trim() };
  }
  return 'no pyspark and numpy (pip install pyspark numpy; AMPCF_PYTHON=python3 of another environment)';
}

const found = findSpark();
/** Why no job can run here, or false. */
export const whyNot = typeof found === 'string' ? found : false;
export const python = typeof found === 'string' ? '' : found.python;

/**
 * Runs a job by spark-submit. Executors of `local-cluster` leave a folder in SPARK_HOME, so that is a folder
 * of links, below the one that is given.
 * @param {string} folder for what Spark leaves
 * @param {string} job
 * @param {string[]} args
 * @param {Record<string, string>} [more] settings of Spark
 */
export function submit(folder, job, args, more = {}) {
  if (typeof found === 'string') throw new Error(found);
  const home = join(folder, 'spark');
  mkdirSync(home, { recursive: true });
  const there = readdirSync(home);
  for (const name of readdirSync(found.home))
    if (name !== 'work' && !there.includes(name)) symlinkSync(join(found.home, name), join(home, name));
  const settings = {
    'spark.ui.enabled': 'false',
    'spark.sql.shuffle.partitions': '2',
    'spark.log.level': 'WARN',
    // A job of seconds is over before what the better compiler makes has paid for itself.
    'spark.driver.extraJavaOptions': quickJava,
    'spark.executor.extraJavaOptions': quickJava,
    'spark.local.dir': join(folder, 'scratch'),
    'spark.sql.warehouse.dir': join(folder, 'warehouse'),
    // So that a test can look for an id in the bytes.
    'spark.sql.parquet.compression.codec': 'uncompressed',
    ...more,
  };
  const conf = Object.entries(settings).flatMap(([name, value]) => ['--conf', `${name}=${value}`]);
  return spawnSync(
    join(home, 'bin/spark-submit'),
    ['--master', 'local-cluster[2,1,1024]', ...conf, job, ...args],
    {
      cwd: folder,
      encoding: 'utf8',
      env: {
        ...process.env,
        SPARK_HOME: home,
        SPARK_LOCAL_IP: '127.0.0.1',
        PYSPARK_PYTHON: found.python,
        PYSPARK_DRIVER_PYTHON: found.python,
        PYTHONDONTWRITEBYTECODE: '1',
      },
    },
  );
}

/**
 * All rows of a folder as Spark writes it, part by part.
 * @param {string} folder
 * @returns {Promise<Record<string, any>[]>}
 */
export async function rowsOf(folder) {
  const parts = readdirSync(folder).filter((name) => name.endsWith('.parquet'));
  const rows = [];
  for (const part of parts.sort()) {
    const file = await asyncBufferFromFile(join(folder, part));
    rows.push(...(await parquetReadObjects({ file })));
  }
  return rows;
}

/**
 * The top columns of a folder's files.
 * @param {string} folder
 */
export async function columnsOf(folder) {
  const parts = readdirSync(folder).filter((name) => name.endsWith('.parquet'));
  const file = await asyncBufferFromFile(join(folder, parts[0]));
  const { schema } = await parquetMetadataAsync(file);
  /** @type {string[]} */
  const names = [];
  let at = 1;
  const skip = (/** @type {number} */ children) => {
    for (let k = 0; k < children; k++) skip(schema[at++].num_children ?? 0);
  };
  for (let k = 0; k < Number(schema[0].num_children); k++) {
    names.push(schema[at].name);
    skip(schema[at++].num_children ?? 0);
  }
  return names;
}
