"""Owns what a row of the input means: reading CSV and Parquet, which column is what, bad rows, what counts as
a like, who is held out, titles and aspects. By the rules of `ampcf train`. Must not train or write anything.
"""

import argparse
import math
import sys

from pyspark import StorageLevel
from pyspark.sql import Column, DataFrame, SparkSession, Window
from pyspark.sql import functions as F

from likes import MOST_VALUES, threshold_of

# The same bounds as those of `ampcf train`.
MOST_ITEMS = 1 << 24
MOST_ID_BYTES = 512
MOST_RATING = 1e15
MOST_WEIGHT = 1024  # of a play count as it is; above it counts are taken by their logarithm

# Column names as people write them, lower case and without signs; the surest first.
KNOWN = {
    'user': 'user userid uid reviewerid customerid memberid visitorid accountid sessionid'.split(),
    'item': 'item itemid iid movieid parentasin asin isbn bookid productid sku artistid trackid songid '
    'gameid appid businessid recipeid articleid videoid'.split(),
    'rating': 'rating ratings score stars overall weight plays playcount count'.split(),
    'time': 'timestamp time unixreviewtime date datetime at createdat'.split(),
    'id': 'item itemid movieid id parentasin asin isbn bookid productid sku'.split(),
    'title': 'title name label itemname productname'.split(),
    'aspects': 'genres genre aspects tags categories category'.split(),
}

FEWEST_EVENTS = 5  # of a person who is held out


class Wrong(Exception):
    """What the person who started the job can put right: what was wrong, what was got, what was wanted."""


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def count(n: int) -> str:
    return f'{n:,}'


# -------------------------------------------------------------------------------------------------- reading


def open_table(spark: SparkSession, path: str, kind: str | None, separator: str) -> DataFrame:
    """Parquet as it is; CSV as text, with what Spark could not read as a row in the column `_bad`."""
    named = path.lower().rstrip('/')
    is_text = named.endswith(('.csv', '.tsv', '.csv.gz', '.tsv.gz', '.txt', '.csv.bz2', '.csv.zst'))
    if kind == 'parquet' or (kind is None and not is_text):
        return spark.read.parquet(path).withColumn('_bad', F.lit(None).cast('string'))
    options = {
        'header': True,
        'sep': '\t' if '.tsv' in named else separator,
        'quote': '"',
        'escape': '"',
        'ignoreLeadingWhiteSpace': True,
        'ignoreTrailingWhiteSpace': True,
        'enforceSchema': False,
        'mode': 'PERMISSIVE',
        'columnNameOfCorruptRecord': '_bad',
    }
    header = spark.read.options(**{**options, 'inferSchema': False}).csv(path).columns
    schema = ', '.join(f'`{name.replace("`", "``")}` string' for name in header if name != '_bad')
    return spark.read.options(**options).schema(f'{schema}, `_bad` string').csv(path)


def column_of(table: DataFrame, role: str, given: str | None, path: str, needed: bool = True) -> str | None:
    """The column that plays a role: the one that was named, else the first whose name is known for it."""
    there = [name for name in table.columns if name != '_bad']
    if given is not None:
        if given in there:
            return given
        raise Wrong(f'--{role}: {path} has no such column, got {given!r}, wanted one of {", ".join(there)}')
    plain = {''.join(c for c in name.lower() if c.isalnum()): name for name in reversed(there)}
    found = next((plain[name] for name in KNOWN[role] if name in plain), None)
    if found is None and needed:
        raise Wrong(
            f'{path}: cannot tell which column is the {role}, got {", ".join(there)}, wanted --{role} COLUMN'
        )
    return found


def id_of(table: DataFrame, column: str, role: str, path: str) -> Column:
    """An id as text. Numbers with a fraction are refused: as text, 7 would become 7.0."""
    kind = dict(table.dtypes)[column]
    if kind not in ('string', 'int', 'bigint', 'smallint', 'tinyint'):
        raise Wrong(
            f'{path}: the {role} column {column} is {kind}, wanted text or whole numbers: cast it first'
        )
    return F.trim(F.col(f'`{column}`').cast('string'))


def seconds_of(table: DataFrame, column: str) -> Column:
    """Unix seconds of seconds, milliseconds, a date or a timestamp; null where it is none of them."""
    name = f'`{column}`'
    if dict(table.dtypes)[column] in ('timestamp', 'timestamp_ntz', 'date'):
        return F.col(name).cast('timestamp').cast('double')
    number = F.expr(f'try_cast({name} as double)')
    moment = F.expr(f'cast(try_cast({name} as timestamp) as double)')
    return F.coalesce(F.when(F.abs(number) > 1e11, number / 1000).otherwise(number), moment)


def read_events(spark: SparkSession, args: argparse.Namespace) -> DataFrame:
    """Rows of (user, item, rating, time, bad). Without a rating column each counts 1, without times all are
    alike."""
    path = args.interactions
    table = open_table(spark, path, args.format, args.separator)
    found = {
        role: column_of(table, role, getattr(args, role), path, role in ('user', 'item'))
        for role in ('user', 'item', 'rating', 'time')
    }
    if args.weights and found['rating'] is None:
        raise Wrong(f'--weights: {path} has no rating column, wanted one (--rating COLUMN)')
    say('columns  ' + ', '.join(f'{role} {column or "none"}' for role, column in found.items()))
    user, item = (id_of(table, found[role], role, path) for role in ('user', 'item'))
    rating = F.expr(f'try_cast(`{found["rating"]}` as double)') if found['rating'] else F.lit(1.0)
    time = seconds_of(table, found['time']) if found['time'] else F.lit(0.0)
    args.rated = found['rating']
    rows = table.select(
        user.alias('user'),
        item.alias('item'),
        rating.alias('rating'),
        F.coalesce(time, F.lit(0.0)).alias('time'),
        F.col('_bad').isNotNull().alias('torn'),
    )
    bytes_of = lambda name: F.octet_length(F.coalesce(F.col(name), F.lit('')))
    is_id = lambda name: (bytes_of(name) >= 1) & (bytes_of(name) <= MOST_ID_BYTES)
    is_number = F.col('rating').isNotNull() & ~F.isnan('rating') & (F.abs('rating') <= MOST_RATING)
    return rows.withColumn('bad', F.col('torn') | ~is_id('user') | ~is_id('item') | ~is_number).drop('torn')


# ------------------------------------------------------------------------------------------------- cleaning


def merged_pairs(rows: DataFrame, duplicates: str) -> DataFrame:
    """One row for each pair of a person and an item: the latest, without times the one with the highest
    rating."""
    last = F.max(F.struct('time', 'rating')).alias('last')
    if duplicates == 'sum':
        return rows.groupBy('user', 'item').agg(
            F.sum('rating').alias('rating'), F.max('time').alias('time')
        )
    return rows.groupBy('user', 'item').agg(last).select('user', 'item', 'last.rating', 'last.time')


def like_threshold(pairs: DataFrame, name: str) -> float | None:
    """From which rating rows count, by the ratings that come most often."""
    often = pairs.groupBy('rating').count().orderBy(F.desc('count'), 'rating').limit(MOST_VALUES)
    return threshold_of([(row['rating'], row['count']) for row in often.collect()], name)


def clean(rows: DataFrame, args: argparse.Namespace) -> DataFrame:
    """What counts as a like, as `ampcf train` has it: rows of (user, item, weight, time), no pair twice."""
    totals = rows.agg(F.count('*').alias('n'), F.count(F.when(F.col('bad'), 1)).alias('bad')).first()
    if totals['bad'] > args.skip_bad:
        raise Wrong(
            f'{args.interactions}: got {count(totals["bad"])} bad rows of {count(totals["n"])} (an id '
            f'that is empty or too long, a rating that is no number, a row with other columns), wanted at '
            f'most {args.skip_bad} (--skip-bad {totals["bad"]} leaves them out)'
        )
    pairs = merged_pairs(rows.where(~F.col('bad')), args.duplicates).persist(StorageLevel.MEMORY_AND_DISK)
    n_pairs = pairs.count()
    say(
        f'read     {count(totals["n"])} rows, {count(totals["bad"])} bad, '
        f'{count(totals["n"] - totals["bad"] - n_pairs)} pairs that came again ({args.duplicates})'
    )
    lowest = args.min_rating
    if lowest is None and args.rated and not args.weights:
        lowest = like_threshold(pairs, args.rated)
    liked = pairs.where(F.col('rating') >= F.lit(-math.inf if lowest is None else lowest))
    # Nothing at or below 0 was liked, unless it was asked for; as a weight it cannot be.
    if args.min_rating is None or args.weights:
        liked = liked.where(F.col('rating') > 0)
    weight = F.lit(1.0)
    if args.weights:
        most = liked.agg(F.max('rating')).first()[0] or 0
        weight = F.log1p('rating') if most > MOST_WEIGHT else F.col('rating')
        say(f'weights  up to {most:g}' + (', so log(1 + rating) counts' if most > MOST_WEIGHT else ''))
    liked = liked.select('user', 'item', weight.cast('float').alias('weight'), 'time')
    liked = liked.persist(StorageLevel.MEMORY_AND_DISK)
    n_liked = liked.count()
    pairs.unpersist()
    rule = 'above 0' if lowest is None else f'of {lowest:g} or more'
    say(f'kept     {count(n_liked)} with a rating {rule} (--min-rating X decides otherwise)')
    if n_liked == 0:
        raise Wrong(f'{args.interactions}: got no like, wanted at least one rating {rule}')
    return liked


def lot(seed: int, *names: str) -> Column:
    """A number drawn for a person, or a pair: the same wherever the row stands and whatever the cluster."""
    return F.sha2(F.concat_ws('\0', F.lit(str(seed)), *names), 256)


def hold_out(liked: DataFrame, args: argparse.Namespace) -> tuple[DataFrame, DataFrame | None]:
    """Training events, and events of people who are in none of them, a fifth of each (the latest, else by
    lot) marked as held out. Who is held out is drawn by lot, at most a tenth of the people."""
    if args.hold_out == 0:
        return liked, None
    people = liked.groupBy('user').agg(F.count('*').alias('n'))
    n_people = people.count()
    wanted = min(args.hold_out, n_people // 10)
    chosen = people.where(F.col('n') >= FEWEST_EVENTS).orderBy(lot(args.seed, 'user')).limit(wanted)
    chosen = chosen.persist()
    if chosen.count() == 0:
        say(f'held out nobody: {count(n_people)} people are too few')
        return liked, None
    events = liked.join(F.broadcast(chosen), 'user')
    order = Window.partitionBy('user').orderBy(F.desc('time'), lot(args.seed, 'user', 'item'))
    events = events.withColumn('asked', F.row_number().over(order) <= F.ceil(F.col('n') / 5)).drop(
        'n', 'time'
    )
    say(f'held out {count(chosen.count())} people, who are in no training event')
    return liked.join(F.broadcast(chosen.select('user')), 'user', 'left_anti'), events.persist()


# --------------------------------------------------------------------------------------- titles and aspects


def read_aspects(
    spark: SparkSession, items: DataFrame, n_items: int, args: argparse.Namespace
) -> DataFrame:
    """Title and aspects of the items of the model. Aspects are text with bars between, or arrays."""
    path = args.items
    table = open_table(spark, path, None, ',')
    names = {
        role: column_of(table, role, given, path, role == 'id')
        for role, given in (('id', None), ('title', None), ('aspects', args.aspects))
    }
    title = (
        F.trim(F.col(f'`{names["title"]}`').cast('string'))
        if names['title']
        else F.lit(None).cast('string')
    )
    cell = F.col(f'`{names["aspects"]}`') if names['aspects'] else F.lit('')
    if not (names['aspects'] and dict(table.dtypes)[names['aspects']].startswith('array')):
        cell = F.split(F.coalesce(cell.cast('string'), F.lit('')), r'\|')
    none = ['', 'unknown', '(no genres listed)']
    aspects = F.array_distinct(
        F.filter(F.transform(cell, lambda x: F.trim(x)), lambda x: ~F.lower(x).isin(none))
    )
    facts = table.select(
        id_of(table, names['id'], 'id', path).alias('item'),
        title.alias('title'),
        F.coalesce(aspects, F.array().cast('array<string>')).alias('aspects'),
    )
    # An item that stands twice has one of its rows, the same one in every run.
    facts = facts.groupBy('item').agg(F.min(F.struct('title', 'aspects')).alias('fact'))
    titled = (
        items.join(facts, 'item')
        .orderBy('i')
        .select(F.col('item').alias('id'), F.coalesce('fact.title', 'item').alias('title'), 'fact.aspects')
        .persist()
    )
    n = titled.count()
    say(f'titles   for {count(n)} of {count(n_items)} items')
    if n == 0:
        raise Wrong(f'{path}: got no id that the interactions have, wanted those of the items')
    return titled
