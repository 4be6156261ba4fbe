"""Does what each line on standard input asks for, and prints what came of it as one JSON line."""

import json
import sys
from uuid import uuid4

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

opened = {}


class Opened:
    """A connection that stays open from one question to the next."""

    def __init__(self, uri):
        self.client = MongoClient(uri, maxPoolSize=1)
        self.db = self.client.get_default_database()
        self.cursor = None


def log_in(opening):
    status = opening.db.command("connectionStatus")
    return ",".join("{user}@{db}".format(**user) for user in status["authInfo"]["authenticatedUsers"])


def open_connection(question):
    opening = opened[question["as"]] = Opened(question["uri"])
    return log_in(opening)


def try_login(question):
    opening = Opened(question["uri"])
    try:
        return log_in(opening)
    finally:
        opening.client.close()


def insert(question, db):
    documents = [{"_id": n, "n": n, "even": n % 2 == 0} for n in range(question["count"])]
    return len(db.notes.insert_many(documents).inserted_ids)


def find(question, db):
    cursor = db.notes.find(batch_size=question["batchSize"])
    documents = [cursor.next()]
    # The server gives a cursor an id only if there is more to fetch.
    several = cursor.cursor_id != 0
    documents.extend(cursor)
    return {"documents": len(documents), "sum": sum(d["n"] for d in documents), "severalBatches": several}


def begin_to_read(question, db):
    opening = opened[question["as"]]
    opening.cursor = db.notes.find(batch_size=question["batchSize"])
    opening.cursor.next()
    return question["batchSize"] if opening.cursor.cursor_id else "all at once"


def read_on(question, db):
    return 1 + sum(1 for _ in opened[question["as"]].cursor)


def drop(question, db):
    db.notes.drop()
    return "dropped"


def check_as_mongogrant(question, db):
    """The calls with which mongogrant's Python client tries every login that it was granted."""
    login = {name: question[name] for name in ("host", "username", "password")}
    client = MongoClient(authSource=db.name, **login)
    name = "test_{}".format(uuid4())
    try:
        client[db.name][name].insert_one({"test": 1})
        client[db.name].drop_collection(name)
        return "written and dropped"
    finally:
        client.close()


acts = {
    "insert": insert,
    "find": find,
    "begin to read": begin_to_read,
    "read on": read_on,
    "update": lambda q, db: db.notes.update_many({"even": True}, {"$set": {"seen": True}}).modified_count,
    "aggregate": lambda q, db: list(db.notes.aggregate(q["pipeline"])),
    "delete": lambda q, db: db.notes.delete_many({"n": {"$gte": 240}}).deleted_count,
    "create index": lambda q, db: db.notes.create_index("n"),
    "list collections": lambda q, db: db.list_collection_names(),
    "list databases": lambda q, db: db.client.list_database_names(),
    "create user": lambda q, db: db.command("createUser", "stranger", pwd="stranger", roles=[]),
    "list users": lambda q, db: db.command("usersInfo", 1),
    "drop database": lambda q, db: db.client.drop_database(db.name),
    "drop": drop,
    "check as mongogrant": check_as_mongogrant,
}


def act(question):
    if question["does"] == "open":
        return open_connection(question)
    if question["does"] == "log in":
        return try_login(question)
    opening = opened[question["as"]]
    elsewhere = question.get("elsewhere")
    return acts[question["does"]](question, opening.client[elsewhere] if elsewhere else opening.db)


def outcome(question):
    try:
        return {"value": act(question)}
    except OperationFailure as error:
        return {"code": error.code, "message": str(error)}
    except (PyMongoError, LookupError) as error:
        return {"fault": repr(error)}


for line in sys.stdin:
    print(json.dumps(outcome(json.loads(line))), flush=True)
