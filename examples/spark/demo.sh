#!/usr/bin/env bash
# Owns the way from `pip install pyspark` to a page's model, on invented people: three minutes on a laptop.
#   bash examples/spark/demo.sh [PEOPLE]
# Wants Java 17 or newer, Python 3.10 or newer, and a built ampcf (npm ci). Writes below build/spark alone.
set -euo pipefail
cd "$(dirname "$0")/../.."
people="${1:-4000}"
out=build/spark
python="${AMPCF_PYTHON:-build/python/bin/python3}"
started=$SECONDS
mkdir -p "$out"

if ! "$python" -c 'import numpy, pyspark' 2>/dev/null; then
    python=build/python/bin/python3
    [ -x "$python" ] || python3 -m venv build/python
    "$python" -m pip install --quiet --disable-pip-version-check pyspark numpy
fi
echo "pyspark   after $((SECONDS - started)) s"

node examples/demo/ratings.js "$out/ratings.csv" "$people"

home="$("$python" -c 'import os, pyspark; print(os.path.dirname(pyspark.__file__))')"
quick='-XX:TieredStopAtLevel=1'
SPARK_HOME="$home" PYSPARK_PYTHON="$python" SPARK_LOCAL_IP=127.0.0.1 "$home/bin/spark-submit" \
    --master 'local[*]' --conf spark.ui.enabled=false --conf spark.log.level=ERROR \
    --conf spark.sql.shuffle.partitions=4 --conf "spark.driver.extraJavaOptions=$quick" \
    examples/spark/train.py --interactions "$out/ratings.csv" --items examples/demo/films.csv \
    --rank 32 --output "$out/films" --overwrite
echo "trained   after $((SECONDS - started)) s"

node dist/cli.js import "$out/films" -o "$out/films.ampcf"
echo "imported  after $((SECONDS - started)) s"
# Eight films of two tastes: two personas.
dark=alien-1979,aliens-1986,the-thing-1982,halloween-1978
bright=my-neighbor-totoro-1988,spirited-away-2001,castle-in-the-sky-1986,howls-moving-castle-2004
node dist/cli.js recommend "$out/films.ampcf" --history "$dark,$bright" -k 8 --explain
echo "page      npm run page, then /examples/page/?model=/$out/films.ampcf"
