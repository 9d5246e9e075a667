# Owns the golden exports of implicit's and Spark's ALS: item vectors of both on made-up likes, and the scores that
# both give to people whose factors they calculate from a history. Must not know ampcf.
#
#     python3 make_als.py implicit OUT.json
#     python3 make_als.py spark OUT.json
#
# implicit: pip install implicit. Spark: pip install pyspark (Java 17). Vectors are rounded to single precision, as
# both store them; scores are those of the library's own code.
import json
import random
import sys

USERS, ITEMS, RANK = 60, 40, 8


def likes():
    """Two tastes and some noise: (user, item), the same on every machine."""
    rng = random.Random(7)
    pairs = set()
    for user in range(USERS):
        for _ in range(4 + rng.randrange(10)):
            near = rng.random() < 0.85
            item = rng.randrange(ITEMS // 2) * 2 + ((user % 2) if near else rng.randrange(2))
            pairs.add((user, item))
    return sorted(pairs)


def histories():
    rng = random.Random(8)
    return [sorted(rng.sample(range(ITEMS), n)) for n in (1, 2, 3, 5, 8, 13)]


def short(x):
    """As few digits as single precision needs."""
    return float(f"{x:.9g}")


def golden(library, settings, ids, vectors, people):
    return {
        "library": library,
        "settings": settings,
        "ids": ids,
        "vectors": [[short(x) for x in row] for row in vectors],
        "people": [
            {"history": [str(i) for i in history], "ratings": ratings, "scores": [short(x) for x in scores]}
            for history, ratings, scores in people
        ],
    }


def of_implicit():
    import numpy as np
    from implicit.cpu.als import AlternatingLeastSquares
    from scipy.sparse import csr_matrix

    pairs = likes()
    cases = []
    for regularization, alpha in ((0.05, 40.0), (0.01, 1.0), (0.5, 3.0)):
        model = AlternatingLeastSquares(
            factors=RANK, regularization=regularization, alpha=alpha, iterations=10, random_state=1, num_threads=1
        )
        ones = np.ones(len(pairs), dtype=np.float32)
        rows, columns = zip(*pairs)
        model.fit(csr_matrix((ones, (rows, columns)), shape=(USERS, ITEMS)), show_progress=False)
        people = []
        for history in histories():
            # Events of several strengths, but for alpha 1, where the weakest is no event to the library.
            ratings = [1.0 if alpha == 1 else 1.0 + i % 3 for i in range(len(history))]
            values = np.array(ratings, dtype=np.float32)
            row = csr_matrix((values, ([0] * len(history), history)), shape=(1, ITEMS))
            ids, scores = model.recommend(0, row, N=ITEMS, recalculate_user=True, filter_already_liked_items=False)
            people.append((history, ratings, scores[np.argsort(ids)]))
        settings = {"regularization": regularization, "alpha": alpha}
        cases.append(golden("implicit", settings, [str(j) for j in range(ITEMS)], model.item_factors, people))
    return cases


def of_spark():
    """People of the test are users of the training, so that their factors are Spark's own."""
    from pyspark.ml.recommendation import ALS
    from pyspark.sql import SparkSession

    spark = (
        SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "1")
        .config("spark.default.parallelism", "1")
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("ERROR")
    extra = [(USERS + n, item) for n, history in enumerate(histories()) for item in history]
    frame = spark.createDataFrame([(u, i, 1.0) for u, i in likes() + extra], "user int, item int, rating float")
    cases = []
    for reg, alpha in ((0.05, 40.0), (0.1, 1.0)):
        als = ALS(
            rank=RANK,
            maxIter=3,
            regParam=reg,
            alpha=alpha,
            implicitPrefs=True,
            seed=1,
            numUserBlocks=1,
            numItemBlocks=1,
            userCol="user",
            itemCol="item",
        )
        model = als.fit(frame)
        items = {row.id: row.features for row in model.itemFactors.collect()}
        ids = sorted(items)
        # The last half of Spark's last sweep is that of people: their factors belong to these items.
        users = {row.id: row.features for row in model.userFactors.collect()}
        people = [
            (history, [1.0] * len(history), [sum(a * b for a, b in zip(users[USERS + n], items[j])) for j in ids])
            for n, history in enumerate(histories())
        ]
        cases.append(golden("spark", {"regularization": reg, "alpha": alpha}, [str(j) for j in ids], [items[j] for j in ids], people))
    spark.stop()
    return cases


if __name__ == "__main__":
    library, path = sys.argv[1:]
    with open(path, "w") as file:
        json.dump({"implicit": of_implicit, "spark": of_spark}[library](), file)
