#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Tables and documents that the kernel's generator does not make.

usage: names.py SPEC OUTDIR
writes OUTDIR/tools/lib/names-gen.{c,h} and OUTDIR/Documentation/netlink.rst
"""
import pathlib
import sys

import yaml

HEAD = ("/* SPDX-License-Identifier: GPL-2.0 */\n"
        "/* Generated from Documentation/netlink/specs/nlab.yaml by make regen. */\n")


def c_name(name):
    return name.replace("-", "_")


def enum_names(spec):
    return [d for d in spec["definitions"] if d["type"] == "enum"]


def entry_name(entry):
    return entry["name"] if isinstance(entry, dict) else entry


def header(spec):
    out = [HEAD, "#ifndef NLAB_NAMES_GEN_H\n#define NLAB_NAMES_GEN_H\n\n"]
    for s in spec["attribute-sets"]:
        out.append(f"/* Spec names of NLAB_A_{c_name(s['name']).upper()}_*, "
                   "index 0 unused, ends with NULL. */\n"
                   f"extern const char *const nlab_{c_name(s['name'])}_names[];\n")
    for d in enum_names(spec):
        out.append(f"/* Names of enum nlab_{c_name(d['name'])}, ends with NULL. */\n"
                   f"extern const char *const nlab_{c_name(d['name'])}_names[];\n")
    out.append("\n#endif\n")
    return "".join(out)


def source(spec):
    out = [HEAD.replace("/* SPDX-License-Identifier: GPL-2.0 */",
                        "// SPDX-License-Identifier: GPL-2.0"),
           "#include <stddef.h>\n\n#include \"names-gen.h\"\n"]
    for s in spec["attribute-sets"]:
        out.append(f"\nconst char *const nlab_{c_name(s['name'])}_names[] = {{\n\tNULL,\n")
        out += [f"\t\"{a['name']}\",\n" for a in s["attributes"]]
        out.append("\tNULL,\n};\n")
    for d in enum_names(spec):
        out.append(f"\nconst char *const nlab_{c_name(d['name'])}_names[] = {{\n")
        out += [f"\t\"{entry_name(e)}\",\n" for e in d["entries"]]
        out.append("\tNULL,\n};\n")
    return "".join(out)


def text(value):
    return " ".join((value or "").split())


def table(rows, head):
    out = [".. list-table::\n   :header-rows: 1\n\n"]
    for row in [head] + rows:
        for i, cell in enumerate(row):
            out.append(("   * - " if i == 0 else "     - ") + cell + "\n")
    return "".join(out) + "\n"


def heading(title, char):
    return f"{title}\n{char * len(title)}\n\n"


def limits(attr):
    checks = attr.get("checks", {})
    out = [f"{k} {v}" for k, v in checks.items()]
    if "enum" in attr:
        out.append(f"enum {attr['enum']}")
    if "nested-attributes" in attr:
        out.append(f"attributes of {attr['nested-attributes']}")
    if attr.get("multi-attr"):
        out.append("repeated")
    if "byte-order" in attr:
        out.append(attr["byte-order"])
    return ", ".join(out)


def op_attrs(op, kind, direction):
    attrs = (op.get(kind) or {}).get(direction, {}).get("attributes", [])
    return ", ".join(f"``{a}``" for a in attrs)


def operation(op):
    out = [heading(op["name"], "-"), text(op.get("doc")) + "\n\n"]
    if "uns-admin-perm" in op.get("flags", []):
        out.append("Needs CAP_NET_ADMIN.\n\n")
    if "notify" in op:
        out.append(f"Notification with the body of ``{op['notify']}``.\n\n")
    for kind in ("do", "dump"):
        for direction in ("request", "reply"):
            attrs = op_attrs(op, kind, direction)
            if attrs:
                out.append(f":{kind} {direction}: {attrs}\n")
    if "event" in op:
        attrs = ", ".join(f"``{a}``" for a in op["event"]["attributes"])
        out.append(f":event: {attrs}\n")
    return "".join(out) + "\n"


def document(spec):
    out = [".. SPDX-License-Identifier: GPL-2.0\n"
           ".. Generated from netlink/specs/nlab.yaml by make regen.\n\n",
           heading("Netlink reference", "="), text(spec["doc"]) + "\n\n",
           heading("Operations", "=")]
    out += [operation(op) for op in spec["operations"]["list"]]
    out.append(heading("Attributes", "="))
    for s in spec["attribute-sets"]:
        out += [heading(s["name"], "-"), text(s.get("doc")) + "\n\n"]
        out.append(table([[f"``{a['name']}``", a["type"], limits(a), text(a.get("doc"))]
                          for a in s["attributes"] if a["type"] != "pad"],
                         ["attribute", "type", "limits", "meaning"]))
    out.append(heading("Values", "="))
    for d in spec["definitions"]:
        out += [heading(d["name"], "-"), text(d.get("doc")) + "\n\n"]
        if d["type"] == "const":
            out.append(f"Value: {d['value']}\n\n")
            continue
        out.append(table([[f"``{entry_name(e)}``", str(i),
                           text(e.get("doc")) if isinstance(e, dict) else ""]
                          for i, e in enumerate(d["entries"])],
                         ["name", "value", "meaning"]))
    return "".join(out).rstrip("\n") + "\n"


def main():
    spec = yaml.safe_load(pathlib.Path(sys.argv[1]).read_text())
    out = pathlib.Path(sys.argv[2])
    for path, content in (("tools/lib/names-gen.h", header(spec)),
                          ("tools/lib/names-gen.c", source(spec)),
                          ("Documentation/netlink.rst", document(spec))):
        (out / path).parent.mkdir(parents=True, exist_ok=True)
        (out / path).write_text(content)


if __name__ == "__main__":
    main()
