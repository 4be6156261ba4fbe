"""Runs two fireworks on the my_launchpad.yaml of this folder; prints what became of them."""

import json
import subprocess
import sys

from fireworks import Firework, LaunchPad, PyTask, Workflow

launchpad = LaunchPad.auto_load()
launchpad.reset("", require_password=False)
first = Firework(PyTask(func="math.sqrt", args=[49], stored_data_varname="root"), name="first")
second = Firework(PyTask(func="math.sqrt", args=[64]), name="second")
launchpad.add_wf(Workflow([first, second], {first: [second]}))
subprocess.run([sys.executable, "-m", "fireworks.scripts.rlaunch_run", "rapidfire"], check=True, stdout=sys.stderr)

again = LaunchPad.from_file("my_launchpad.yaml")
fireworks = [again.get_fw_by_id(n) for n in again.get_fw_ids()]
print(json.dumps({
    "db": again.db.name,
    "states": sorted([fw.name, fw.state] for fw in fireworks),
    "stored": [fw.launches[0].action.stored_data for fw in fireworks if fw.name == "first"],
}))
