"""Opens the db.json of this folder as atomate's workflows do, to write and to read; prints what each may."""

import json

from atomate.vasp.database import VaspCalcDb
from pymongo.errors import OperationFailure


def insert(calculations, name):
    try:
        return calculations.insert({"dir_name": name})
    except OperationFailure as refused:
        return refused.code


writer = VaspCalcDb.from_db_file("db.json")
writer.reset()
written = insert(writer, "one")
reader = VaspCalcDb.from_db_file("db.json", admin=False)
print(json.dumps({
    "db": reader.db_name,
    "written": written,
    "read": [found["dir_name"] for found in reader.collection.find()],
    "reader_writes": insert(reader, "two"),
}))
