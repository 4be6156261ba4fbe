"""Runs two jobs with the store of the jobflow.yaml that JOBFLOW_CONFIG_FILE names; prints what the store has then."""

import json

from jobflow import SETTINGS, Flow, job, run_locally


@job(data="large")
def make(size):
    return {"large": list(range(size)), "size": size}


@job
def measure(made):
    return len(made["large"])


store = SETTINGS.JOB_STORE
made = make(5000)
measured = measure(made.output)
run_locally(Flow([made, measured]), store=store, ensure_success=True, log=False)

docs, data = store.docs_store, store.additional_stores["data"]
print(json.dumps({
    "db": docs._collection.database.name,
    "measured": store.get_output(measured.uuid),
    "large": len(store.get_output(made.uuid, load=True)["large"]),
    "in_data": data.count(),
    "names": [docs.name, data.name],
}))
