"""The Python server, mongogrant 0.3.3, as its own application, on a MongoDB server.

Takes a JSON object as its only argument: `host` (as `localhost:27017`), `username` and `password` of its admin, and `people`, a list of
pairs of an address and its token. Prints its port in a line, and runs until its standard input ends.
"""
import json
import os
import secrets
import sys
import tempfile
import threading
from datetime import datetime, timedelta

from pymongo import MongoClient

given = json.loads(sys.argv[1])
host, username, password = given["host"], given["username"], given["password"]
folder = tempfile.mkdtemp()
config = os.path.join(folder, "config.json")
with open(config, "w") as file:
    login = f"mongodb://{username}:{password}@{host}"
    json.dump({"mgdb_uri": f"{login}/mgdb?authSource=admin", "mailer": {"class": "", "kwargs": {}}, "auth": {host: f"{login}/admin"}}, file)
settings = os.path.join(folder, "settings.py")
with open(settings, "w") as file:
    file.write("from mongogrant.server import check as SERVER_CONFIG_CHECK\n")
    file.write(f"SERVER_CONFIG_PATH = {config!r}\nSERVER_CONFIG_SEED = None\n")
os.environ["MONGOGRANT_SETTINGS"] = settings

from mongogrant import app as application, server as module  # noqa: E402

# It takes words from a file of the operating system, again for each password. Without the file it can't run, so it is spared that work.
module.passphrase = lambda: secrets.token_urlsafe(24)

kept = MongoClient(f"{login}/?authSource=admin")["mgdb"]
application.server._mgdb = kept
ends = datetime.utcnow() + timedelta(days=1)
for email, token in given["people"]:
    kept.tokens.insert_one({"email": email, "fetch": [{"token": token, "expires": ends}], "link": []})
    kept.allow.insert_one({"email": email, "host": host, "role": "read", "dbs": given["dbs"]})

from werkzeug.serving import make_server  # noqa: E402
import logging  # noqa: E402

logging.getLogger("werkzeug").setLevel(logging.ERROR)
listening = make_server("127.0.0.1", 0, application.app, threaded=True)
threading.Thread(target=listening.serve_forever, daemon=True).start()
print(listening.server_port, flush=True)
sys.stdin.read()
