"""The calls that a Python mongogrant 0.3.3 makes, one command a run. Prints what came of it as one JSON line."""

import json
import sys
from uuid import uuid4

import requests
from pymongo import MongoClient
from pymongo.errors import OperationFailure


def ask_for_link(endpoint, email):
    """mgrant init"""
    return told(requests.get(f"{endpoint}/gettoken/{email}"))


def open_link(endpoint, link):
    """Somebody who opens the address of an old mail with a program."""
    return told(requests.get(f"{endpoint}/verifytoken/{link}"))


def get_db(endpoint, token, host, db, role):
    """mgrant db: what is granted is tried out before it is kept."""
    answer = requests.post(f"{endpoint}/grant/{token}", dict(host=host, db=db, role=role))
    if answer.status_code != 200:
        return told(answer)
    login = answer.json()
    client = MongoClient(host=host, username=login["username"], password=login["password"], authSource=db)
    collection = f"test_{uuid4()}"
    try:
        client[db][collection].insert_one({"test": 1})
        client[db].drop_collection(collection)
        tried = "written"
    except OperationFailure as refusal:
        tried = refusal.code
    return {**told(answer), "tried": tried, "left": "" if role == "read" else client[db].list_collection_names()}


def log_in(host, db, username, password):
    """A Db of the settings file, used later."""
    try:
        return MongoClient(host=host, username=username, password=password, authSource=db)[db].list_collection_names()
    except OperationFailure as refusal:
        return refusal.code


def allow(endpoint, token, email, host, db, role):
    """mgrant allow"""
    rule = dict(email=email, host=host, db=db, role=role, which="allow")
    return told(requests.post(f"{endpoint}/setrule/{token}", data=rule))


def told(answer):
    kind = answer.headers["content-type"]
    body = answer.json() if kind == "application/json" else answer.text
    return {"status": answer.status_code, "type": kind, "body": body}


commands = {each.__name__: each for each in (ask_for_link, open_link, get_db, log_in, allow)}
print(json.dumps(commands[sys.argv[1]](*sys.argv[2:])))
