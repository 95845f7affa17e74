#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Writes Documentation/lab-file.rst, the reference of the lab file, from its
JSON schema: lab_schema.py SCHEMA >FILE"""

import json
import sys

HEAD = """.. SPDX-License-Identifier: GPL-2.0
.. Generated from lab.schema.json by tools/spec/lab_schema.py; see make regen.

====================
Keys of the lab file
====================

What they are for is told in `lab.rst <lab.rst>`_.

.. contents::
   :local:
   :depth: 1
"""

with open(sys.argv[1], encoding="utf-8") as file:
    schema = json.load(file)
defs = schema["$defs"]

# Sections by the place of their mapping in the schema.
node = defs["node"]["anyOf"][1]
SECTIONS = [
    ("The file", schema),
    ("A node", node),
    ("A route", node["properties"]["routes"]["items"]),
    ("Routing protocols", node["properties"]["routing"]["anyOf"][2]),
    ("A link", defs["link"]),
    ("An end of a link", defs["end"]["anyOf"][1]),
    ("Parameters of links", defs["direction"]),
    ("A topology", defs["topology"]),
    ("An event", defs["event"]),
    ("Traffic of an event", defs["event"]["properties"]["traffic"]),
    ("A capture", defs["capture"]),
]
TITLES = {id(mapping): title for title, mapping in SECTIONS}
NAMED = {"node": "A node", "link": "A link", "end": "An end of a link",
         "direction": "Parameters of links", "params": "Parameters of links",
         "topology": "A topology", "event": "An event", "capture": "A capture"}
SIMPLE = [name for name in defs if name not in NAMED and
          "description" in defs[name]]


def numbers(value):
    low, high = value["minimum"], value.get("maximum")
    return f"from {low}" if high is None else f"{low} to {high}"


def kind(value):
    """What a value may be, in a few words."""
    if id(value) in TITLES:
        return f"`{TITLES[id(value)]}`_"
    if "$ref" in value:
        name = value["$ref"].removeprefix("#/$defs/")
        if name in NAMED:
            return f"`{NAMED[name]}`_"
        return name if name in defs else kind(defs["direction"]["properties"]
                                              [name.rsplit("/", 1)[1]])
    if "enum" in value:
        return ", ".join(f"``{word}``" for word in value["enum"]
                         if isinstance(word, str))
    if "const" in value:
        return f"``{value['const']}``"
    if "anyOf" in value:
        words = []
        for choice in value["anyOf"]:
            word = kind(choice)
            if word and word not in words and word != "variable":
                words.append(word)
        return " or ".join(words)
    types = value.get("type", [])
    types = types if isinstance(types, list) else [types]
    if "array" in types:
        return "list of " + kind(value["items"])
    if "object" in types:
        other = value.get("additionalProperties")
        return "by name: " + kind(other) if isinstance(other, dict) \
            else "mapping"
    if "minimum" in value:
        return numbers(value)
    return "text" if "string" in types else ""


def table(rows):
    out = [".. list-table::", "   :widths: 18 30 52", ""]
    for row in rows:
        out.append(f"   * - {row[0]}")
        out += [f"     - {cell}".rstrip() for cell in row[1:]]
    return out


def section(title, mapping):
    rows = []
    for key, value in mapping["properties"].items():
        if mapping is not defs["direction"] and \
           key in defs["direction"]["properties"] and \
           value.get("$ref", "").startswith("#/$defs/direction"):
            continue
        text = value.get("description", "")
        if key in mapping.get("required", []):
            text += " Needed."
        rows.append((f"``{key}``", kind(value), text))
    if "out" in mapping["properties"]:
        rows.append(("parameters", "`Parameters of links`_",
                     "Of both directions."))
    return ["", title, "=" * len(title), ""] + table(rows)


lines = [HEAD.rstrip("\n")]
for name, place in SECTIONS:
    lines += section(name, place)
lines += section("Settings of protocols", {"properties": {
    f"{proto}: {key}": value
    for proto, settings in node["properties"]["routing"]["anyOf"][2]
    ["properties"].items()
    for key, value in settings["properties"].items()}})
lines += ["", "Values", "======", ""]
lines += table((f"{name}", "", defs[name]["description"]) for name in SIMPLE)
print("\n".join(lines))
