"""Owns several runs of examples/spark in one session, each with its own words. Must not know what they should find.

    spark-submit spark-cases.py FOLDER_OF_EXAMPLE JSON RESULT

JSON: { name: [word, ...] }; RESULT: { name: { "settings": ... } or { "error": "..." } }.
"""

import json
import sys

example, words, result = sys.argv[1:]
sys.path.insert(0, example)

import train  # noqa: E402
from events import Wrong  # noqa: E402

spark = train.session()
# Executors know no module of the driver's, where it is not the job itself.
for module in ('likes', 'events', 'train'):
    spark.sparkContext.addPyFile(f'{example}/{module}.py')
found = {}
for name, list_of_words in json.loads(words).items():
    args = train.arguments(list_of_words)
    try:
        train.run(spark, args)
        with open(f'{args.output}/settings.json', encoding='utf-8') as file:
            found[name] = {'settings': json.load(file)}
    except Wrong as wrong:
        found[name] = {'error': str(wrong)}
with open(result, 'w', encoding='utf-8') as file:
    json.dump(found, file)
spark.stop()
