"""Trains item vectors with MLlib's implicit ALS on a Spark cluster, for `ampcf import`.

    spark-submit train.py --interactions PATH --output FOLDER [options]

Owns the way from interactions of any size to a folder of Parquet that holds items alone. Must not write a
row, an id or a vector of a person: what leaves the cluster is item vectors, counts and figures. Needs Spark
4, and numpy, which pyspark.ml itself imports. README.md beside this file says what is written and what it
costs.
"""

import argparse
import json
import math
import sys

import numpy
from pyspark import StorageLevel
from pyspark.ml.recommendation import ALS
from pyspark.sql import DataFrame, SparkSession, Window
from pyspark.sql import functions as F

from events import MOST_ITEMS, Wrong, clean, count, hold_out, read_aspects, read_events, say

# Neighbours: the defaults of `ampcf train --neighbour-method cooccurrence`.
USER_DAMPING, SOURCE_DAMPING, POPULARITY_DAMPING, CUT_BY_SUPPORT = 0.6, 0.5, 0.12, 0.35
STRENGTHS = [0.003, 0.01, 0.03, 0.1, 0.3, 1.0]
PLAIN_STRENGTH = 0.03  # where nothing is held out to choose it

LENGTH = 20  # of the lists that are measured


# ------------------------------------------------------------------------------------------------- training


def numbered(rows: DataFrame, order: list, name: str) -> tuple[DataFrame, int]:
    """Rows with their place in an order, from 0 without a gap, and how many there are. Spark's own way to
    number rows puts them all into one partition; this one counts partitions after a sort, and adds up."""
    placed = rows.orderBy(*order).withColumn('_at', F.monotonically_increasing_id())
    placed = placed.withColumn('_part', F.shiftright('_at', 33)).persist(StorageLevel.MEMORY_AND_DISK)
    sizes = placed.groupBy('_part').count().orderBy('_part').collect()
    first, starts = 0, []
    for part, size in sizes:
        starts.append((part, first))
        first += size
    if first >= 1 << 31:
        raise Wrong(f'{name}: got {count(first)}, wanted fewer than 2^31, which is what MLlib can number')
    table = rows.sparkSession.createDataFrame(starts or [(0, 0)], '_part long, _first long')
    place = (F.col('_first') + F.col('_at').bitwiseAND(F.lit((1 << 33) - 1))).cast('int')
    return placed.join(F.broadcast(table), '_part').withColumn(name, place).drop(
        '_at', '_part', '_first'
    ), first


def with_numbers(training: DataFrame, args: argparse.Namespace) -> tuple[DataFrame, DataFrame, dict]:
    """Events as MLlib wants them, (u, i, weight); the items (item, people, i), most popular first, ties by
    id; how many there are of each."""
    support = (
        training.groupBy('item')
        .agg(F.count('*').alias('people'))
        .where(F.col('people') >= args.min_support)
    )
    items, n_items = numbered(support, [F.desc('people'), 'item'], 'i')
    if not 0 < n_items <= MOST_ITEMS:
        raise Wrong(
            f'{args.interactions}: got {count(n_items)} items of {args.min_support} people or more, '
            f'wanted 1 to {count(MOST_ITEMS)} (--min-support N)'
        )
    items = items.persist()
    known = training.join(items.select('item', 'i'), 'item')
    users, n_users = numbered(known.select('user').distinct(), ['user'], 'u')
    events = known.join(users, 'user').select('u', 'i', 'weight')
    # In one order, so that equal data gives equal factors but for the order in which MLlib adds blocks up.
    events = events.repartition('u').sortWithinPartitions('u', 'i').persist(StorageLevel.MEMORY_AND_DISK)
    n_events = events.count()
    say(f'training {count(n_events)} events of {count(n_users)} people with {count(n_items)} items')
    return events, items, {'users': n_users, 'items': n_items, 'interactions': n_events}


def blocks_for(n_events: int) -> int:
    """Blocks by the size of the data, not of the cluster: factors start from a seed a block, so that another
    cluster gives the same ones."""
    return max(2, min(2000, n_events // 1_000_000))


def train(events: DataFrame, n_events: int, args: argparse.Namespace):
    blocks = args.blocks or blocks_for(n_events)
    als = ALS(
        rank=args.rank,
        maxIter=args.iterations,
        regParam=args.reg,
        alpha=args.alpha,
        implicitPrefs=True,
        numUserBlocks=blocks,
        numItemBlocks=blocks,
        seed=args.seed,
        userCol='u',
        itemCol='i',
        ratingCol='weight',
        checkpointInterval=5 if args.checkpoint else -1,
    )
    return als.fit(events).itemFactors


# ----------------------------------------------------------------------------------------------- neighbours


def neighbours_of(events: DataFrame, items: DataFrame, args: argparse.Namespace) -> DataFrame:
    """B_ij, what item i of a history says of candidate j, as src/train/cooccurrence.c has it, strength 1:

        B_ij = d_i^-.5 d_j^-.12 sum_u p_u w_ui w_uj,   p_u = deg_u^-.6, with mean 1

    d: people of an item. Each candidate keeps the sources that matter most to scores; a pair that one person
    alone has is left out, so that no row of B is a person's. Of longer histories than --longest a seeded part
    counts here: the join has the square of the length in rows."""
    degree = (
        events.groupBy('u').agg(F.count('*').alias('n')).withColumn('p', F.pow('n', F.lit(-USER_DAMPING)))
    )
    mean = degree.agg(F.avg('p')).first()[0]
    at_random = Window.partitionBy('u').orderBy(F.xxhash64('u', 'i'), 'i')
    rows = events.withColumn('place', F.row_number().over(at_random)).where(F.col('place') <= args.longest)
    rows = rows.drop('place').join(degree.select('u', (F.col('p') / mean).alias('p')), 'u')
    other = rows.select('u', F.col('i').alias('j'), F.col('weight').alias('other'))
    together = (
        rows.join(other, 'u')
        .where(F.col('i') < F.col('j'))
        .groupBy('i', 'j')
        .agg(F.sum(F.col('p') * F.col('weight') * F.col('other')).alias('s'), F.count('*').alias('both'))
    )
    together = together.where(F.col('both') >= 2).drop('both')
    mirrored = together.select(F.col('j').alias('i'), F.col('i').alias('j'), 's')
    sizes = items.select('i', F.col('people').cast('double').alias('d'))
    value = F.pow('d', F.lit(-SOURCE_DAMPING)) * F.pow('dj', F.lit(-POPULARITY_DAMPING)) * F.col('s')
    pairs = (
        together.unionByName(mirrored)
        .join(sizes, 'i')
        .join(sizes.select(F.col('i').alias('j'), F.col('d').alias('dj')), 'j')
        .withColumn('value', value)
    )
    best = Window.partitionBy('j').orderBy(F.desc(F.col('value') * F.pow('d', F.lit(CUT_BY_SUPPORT))), 'i')
    kept = pairs.withColumn('place', F.row_number().over(best)).where(F.col('place') <= args.neighbours)
    return kept.select('i', 'j', 'value').persist(StorageLevel.MEMORY_AND_DISK)


# ----------------------------------------------------------------------------------------------- validation


def factor_table(factors: DataFrame, n_items: int, rank: int) -> numpy.ndarray:
    """(items, rank), row by row to the driver, so that it holds them once."""
    table = numpy.zeros((n_items, rank), numpy.float32)
    for row in factors.toLocalIterator(prefetchPartitions=True):
        table[row['id']] = row['features']
    return table


def sparse_rows(neighbours: DataFrame | None, n_items: int):
    """(offsets, candidates, values) of B by source; None without neighbours."""
    if neighbours is None:
        return None
    rows = neighbours.orderBy('i', 'j').collect()
    offsets = numpy.zeros(n_items + 1, numpy.int64)
    for row in rows:
        offsets[row['i'] + 1] += 1
    return (
        numpy.cumsum(offsets),
        numpy.array([row['j'] for row in rows], numpy.int32),
        numpy.array([row['value'] for row in rows], numpy.float32),
    )


def gain(hits: numpy.ndarray, n_asked: int) -> tuple[float, float]:
    """NDCG and recall of a list: hits is which of its places hold an item that was asked for."""
    discounts = 1 / numpy.log2(numpy.arange(2, LENGTH + 2))
    return (
        float(hits @ discounts[: len(hits)] / discounts[: min(LENGTH, n_asked)].sum()),
        float(hits.sum() / n_asked),
    )


def measure(
    rows, table: numpy.ndarray, gram: numpy.ndarray, sparse, alpha: float, reg: float, strengths: list
):
    """Sums over the people of one partition: how many, then NDCG and recall of popularity, of the factors,
    and with neighbours at each strength.

    A person's vector is the one that MLlib would compute: with c = 1 + alpha r for each of n events,
    (V'V + sum (c - 1) v v' + reg n I)^-1 sum c v."""
    sums = numpy.zeros(1 + 2 * (1 + len(strengths)))
    for history, asked in rows:
        seen = numpy.array([i for i, _ in history if i is not None], int)
        weights = numpy.array([r for i, r in history if i is not None], float)
        # Items that were left out of the model stay misses; they are in `asked` without a number.
        wanted = [i for (i,) in asked if i is not None]
        scores = [-numpy.arange(len(table), dtype=float)]
        vectors = table[seen].astype(float)
        system = (
            gram + (vectors.T * (alpha * weights)) @ vectors + reg * len(seen) * numpy.eye(table.shape[1])
        )
        vector = numpy.linalg.solve(system, vectors.T @ (1 + alpha * weights)) if len(seen) else None
        own = scores[0] if vector is None else table @ vector
        beside = numpy.zeros(len(table))
        for i, weight in zip(seen, weights) if sparse else ():
            of_i = slice(sparse[0][i], sparse[0][i + 1])
            beside[sparse[1][of_i]] += weight * sparse[2][of_i]
        scores += [own + strength * beside for strength in strengths]
        figures = [1.0]
        for score in scores:
            score[seen] = -numpy.inf
            listed = numpy.argsort(-score, kind='stable')[:LENGTH]
            figures += gain(numpy.isin(listed, wanted), len(asked))
        sums += figures
    yield sums.tolist()


def validate(
    events: DataFrame | None,
    items: DataFrame,
    factors: DataFrame,
    neighbours: DataFrame | None,
    n_items: int,
    args: argparse.Namespace,
) -> tuple[dict | None, float]:
    """What MLlib's own factors reach for people who were held out; and the strength of the neighbours. Sums
    alone come back from the executors."""
    if events is None:
        return None, PLAIN_STRENGTH
    spark = events.sparkSession
    table = factor_table(factors, n_items, args.rank)
    gram = table.T.astype(float) @ table.astype(float)
    shared = spark.sparkContext.broadcast((table, gram, sparse_rows(neighbours, n_items)))
    known = events.join(items.select('item', 'i'), 'item', 'left')
    people = known.groupBy('user').agg(
        F.collect_list(F.when(~F.col('asked'), F.struct('i', 'weight'))).alias('history'),
        F.collect_list(F.when(F.col('asked'), F.struct('i'))).alias('asked'),
    )
    strengths = [0.0] + (STRENGTHS if neighbours is not None else [])
    alpha, reg = args.alpha, args.reg
    rows = people.select(F.array_sort('history'), F.array_sort('asked')).rdd
    parts = rows.mapPartitions(lambda part: measure(part, *shared.value, alpha, reg, strengths)).collect()
    sums = numpy.sum(parts, axis=0)
    n = int(sums[0])
    at = [
        {'ndcg': round(sums[k] / n, 6), 'recall': round(sums[k + 1] / n, 6)} for k in range(1, len(sums), 2)
    ]
    best = max(range(len(strengths)), key=lambda k: at[1 + k]['ndcg'])
    figures = {'people': n, 'k': LENGTH, **at[1], 'popularity': at[0]}
    if neighbours is not None:
        figures['withNeighbours'] = at[1 + best]
    say(
        f'measured NDCG@{LENGTH} {at[1]["ndcg"]:.4f}, Recall@{LENGTH} {at[1]["recall"]:.4f} '
        f'of {count(n)} people (popularity {at[0]["ndcg"]:.4f}, {at[0]["recall"]:.4f})'
    )
    return figures, strengths[best]


# -------------------------------------------------------------------------------------------------- writing


def write_text(spark: SparkSession, path: str, text: str) -> None:
    """A small file wherever Spark can write, object stores included."""
    hadoop = spark.sparkContext._jvm.org.apache.hadoop.fs
    target = hadoop.Path(path)
    out = target.getFileSystem(spark.sparkContext._jsc.hadoopConfiguration()).create(target, True)
    out.write(bytearray(text, 'utf-8'))
    out.close()


def exists(spark: SparkSession, path: str) -> bool:
    target = spark.sparkContext._jvm.org.apache.hadoop.fs.Path(path)
    return target.getFileSystem(spark.sparkContext._jsc.hadoopConfiguration()).exists(target)


def run(spark: SparkSession, args: argparse.Namespace) -> None:
    if exists(spark, f'{args.output}/settings.json') and not args.overwrite:
        raise Wrong(f'--output: {args.output} holds a result, wanted another folder or --overwrite')
    if args.checkpoint:
        spark.sparkContext.setCheckpointDir(args.checkpoint)
    liked = clean(read_events(spark, args), args)
    training, held = hold_out(liked, args)
    events, items, sizes = with_numbers(training, args)
    aspects = read_aspects(spark, items, sizes['items'], args) if args.items else None
    factors = train(events, sizes['interactions'], args).persist(StorageLevel.MEMORY_AND_DISK)
    neighbours = neighbours_of(events, items, args) if args.neighbours else None
    figures, strength = validate(held, items, factors, neighbours, sizes['items'], args)

    def write(name: str, table: DataFrame) -> None:
        table.write.mode('overwrite' if args.overwrite else 'errorifexists').parquet(
            f'{args.output}/{name}.parquet'
        )

    vectors = items.join(factors, items['i'] == factors['id']).orderBy('i')
    write('vectors', vectors.select(F.col('item').alias('id'), F.col('features').cast('array<float>')))
    write('popularity', items.orderBy('i').select(F.col('item').alias('id'), 'people'))
    if aspects is not None:
        write('aspects', aspects)
    if neighbours is not None and strength > 0:
        names = items.select(F.col('item').alias('neighbour'), F.col('i').alias('j'))
        named = neighbours.join(items.select('item', 'i'), 'i').join(names, 'j').orderBy('i', 'j')
        write(
            'neighbours',
            named.select(
                F.col('item').alias('id'), 'neighbour', (F.col('value') * strength).alias('value')
            ),
        )
    elif neighbours is not None:
        say('neighbours are left out: the vectors alone rank better')
    settings = {
        'as': 'spark',
        'reg': args.reg,
        'alpha': args.alpha,
        'rank': args.rank,
        'iterations': args.iterations,
        'seed': args.seed,
        'spark': spark.version,
        **sizes,
    }
    if neighbours is not None:
        settings['neighbourStrength'] = strength
    if figures is not None:
        settings['validation'] = figures
    # Last: where it stands, the rest is whole.
    write_text(spark, f'{args.output}/settings.json', json.dumps(settings, indent=2) + '\n')
    say(f'wrote    {args.output}: ampcf import {args.output} -o model.ampcf')


def arguments(words: list[str]) -> argparse.Namespace:
    p = argparse.ArgumentParser(prog='train.py', description=__doc__.split('\n')[0])
    p.add_argument(
        '--interactions',
        required=True,
        metavar='PATH',
        help='Parquet or CSV with a header; a file, folder or pattern',
    )
    p.add_argument('--output', required=True, metavar='FOLDER', help='for `ampcf import`')
    p.add_argument('--overwrite', action='store_true', help='replace a result that stands there')
    for role in ('user', 'item', 'rating', 'time'):
        p.add_argument(f'--{role}', metavar='COLUMN', help='where its name does not say')
    p.add_argument('--format', choices=['csv', 'parquet'], help='where the name does not say')
    p.add_argument('--separator', default=',', help='of CSV (default a comma)')
    p.add_argument(
        '--min-rating',
        type=float,
        help='what counts as a like (default 60 %% of the highest where '
        'ratings look like stars, else all above 0)',
    )
    p.add_argument(
        '--weights', action='store_true', help='ratings are counts such as plays, and count as much'
    )
    p.add_argument('--min-support', type=int, default=5, help='leave out items of fewer people (default 5)')
    p.add_argument('--duplicates', choices=['last', 'sum'], default='last', help='a pair that comes again')
    p.add_argument('--skip-bad', type=int, default=0, metavar='N', help='go on when up to N rows are bad')
    p.add_argument('--items', metavar='PATH', help='titles and aspects: Parquet or CSV with a header')
    p.add_argument('--aspects', metavar='COLUMN', help='of --items (default genres or the like)')
    p.add_argument('--rank', type=int, default=64, help='numbers an item (default 64)')
    p.add_argument('--reg', type=float, default=0.05, help="MLlib's regParam (default 0.05)")
    p.add_argument('--alpha', type=float, default=10, help="MLlib's alpha (default 10)")
    p.add_argument('--iterations', type=int, default=10, help='(default 10)')
    p.add_argument(
        '--blocks', type=int, help='of users and of items (default one for a million events, 2 to 2000)'
    )
    p.add_argument('--seed', type=int, default=1)
    p.add_argument(
        '--hold-out',
        type=int,
        default=1000,
        metavar='N',
        help='people who are left out of the training '
        'and measured on the cluster, at most a tenth (default 1000; 0: none)',
    )
    p.add_argument(
        '--neighbours', type=int, default=0, metavar='K', help='items that vouch for an item (default 0)'
    )
    p.add_argument(
        '--longest', type=int, default=300, help='events a person that neighbours count (default 300)'
    )
    p.add_argument(
        '--checkpoint', metavar='FOLDER', help='where a long training keeps what it has, e.g. on HDFS'
    )
    args = p.parse_args(words)
    for name, low in (
        ('min_support', 1),
        ('rank', 1),
        ('iterations', 1),
        ('skip_bad', 0),
        ('hold_out', 0),
        ('neighbours', 0),
        ('longest', 2),
    ):
        if getattr(args, name) < low:
            p.error(f'--{name.replace("_", "-")}: got {getattr(args, name)}, wanted {low} or more')
    if not (args.reg > 0 and args.alpha > 0 and math.isfinite(args.reg) and math.isfinite(args.alpha)):
        p.error(f'--reg and --alpha: got {args.reg} and {args.alpha}, wanted numbers above 0')
    return args


def session() -> SparkSession:
    return SparkSession.builder.appName('ampcf').config('spark.sql.session.timeZone', 'UTC').getOrCreate()


def main() -> int:
    args = arguments(sys.argv[1:])
    spark = session()
    try:
        run(spark, args)
    except Wrong as wrong:
        print(f'train.py: {wrong}', file=sys.stderr)
        return 1
    finally:
        spark.stop()
    return 0


if __name__ == '__main__':
    sys.exit(main())
