"""Reads each YAML text of a JSON list with PyYAML, and with ruamel.yaml as 1.1 and 1.2; prints what each found."""

import json
import sys

import yaml
from ruamel.yaml import YAML


def read_ruamel(version):
    def read(text):
        reader = YAML(typ="safe", pure=True)
        reader.version = version
        return reader.load(text)

    return read


readers = {"PyYAML": yaml.safe_load, "ruamel.yaml 1.1": read_ruamel((1, 1)), "ruamel.yaml 1.2": read_ruamel((1, 2))}
texts = json.load(sys.stdin)
# A date is no JSON: its text shows that it is one.
found = {name: [read(text) for text in texts] for name, read in readers.items()}
print(json.dumps(found, default=lambda value: repr(value)))
