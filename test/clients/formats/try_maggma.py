"""Uses the store that is named by its class and JSON arguments; prints what is in it then."""

import json
import sys

import maggma.stores

name, arguments = sys.argv[1], json.loads(sys.stdin.read())
with getattr(maggma.stores, name)(**arguments) as store:
    store.update([{"task_id": n, "even": n % 2 == 0} for n in range(6)])
    print(json.dumps({
        "db": store._collection.database.name,
        "count": store.count(),
        "even": sorted(document["task_id"] for document in store.query({"even": True})),
    }))
