#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What is said of lab files before anything is made, the pictures of them, and
# the schema for editors.
set -u -o pipefail
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=selftests/tools/tools.sh
. selftests/tools/tools.sh

# wrong PLACE TEXT LINE...: the file is refused there, with this reason.
wrong() {
	printf '%s\n' "${@:3}" >"$work/lab.yaml"
	check "$2" fails 1 "$work/lab.yaml:$1: $2" "$nlabctl" check \
		"$work/lab.yaml"
}

# right TEXT LINE...: it is right, and what is said of it.
right() {
	printf '%s\n' "${@:2}" >"$work/lab.yaml"
	check "$1" equal "$1" "$nlabctl" check "$work/lab.yaml"
}

equal() {
	local got

	got=$("${@:2}" 2>&1) || { echo "$got"; return 1; }
	[[ $got = "$1" ]] || { printf 'wanted: %s\ngot: %s\n' "$1" "$got"; return 1; }
}

# The keys that the tool allows in a place are those of the schema there.
keys_of_schema() {
	python3 - "$nlabctl" <<-'END'
		import json, re, subprocess, sys
		schema = json.load(open("Documentation/lab.schema.json"))
		defs = schema["$defs"]
		def tool(text):
		    said = subprocess.run([sys.argv[1], "check", "-"], input=text,
		                          capture_output=True, text=True).stderr
		    return sorted(re.search(r"\(allowed: (.*)\)", said)[1].split(", "))
		head = "lab: x\nnodes: {a: , b: }\n"
		node = defs["node"]["anyOf"][1]["properties"]
		end = defs["end"]["anyOf"][1]["properties"]
		for where, text, there in [
		    ("lab", "zq: 1\n", schema["properties"]),
		    ("node", "lab: x\nnodes: {a: {zq: 1}}\n", node),
		    ("kind", "lab: x\nnodes: {a: zq}\n", defs["node"]["anyOf"][0]["enum"]),
		    ("route", "lab: x\nnodes: {a: {routes: [{zq: 1}]}}\n",
		     node["routes"]["items"]["properties"]),
		    ("routing", "lab: x\nnodes: {a: {kind: router, routing: {zq: 1}}}\n",
		     node["routing"]["anyOf"][2]["properties"]),
		    ("frr", "lab: x\nnodes: {a: {frr: {zq: 1}}}\n",
		     node["frr"]["properties"]),
		    ("xlat", "lab: x\nnodes: {a: {kind: translator, xlat: {zq: 1}}}\n",
		     node["xlat"]["properties"]),
		    ("link", head + "links: [{zq: 1}]\n", defs["link"]["properties"]),
		    ("end", head + "links: [{ends: [{zq: 1}, b]}]\n", end),
		    ("direction", head + "links: [{ends: [a, b], out: {zq: 1}}]\n",
		     defs["direction"]["properties"]),
		    ("topology", "lab: x\ntopologies: [{zq: 1}]\n",
		     defs["topology"]["properties"]),
		    ("shape", "lab: x\ntopologies: [{shape: zq}]\n",
		     defs["topology"]["properties"]["shape"]["enum"])]:
		    if tool(text) != sorted(there):
		        sys.exit(f"{where}: {tool(text)}\nschema: {sorted(there)}")
	END
}

files_of_schema() {
	python3 - selftests/fuzz/corpus/lab-file/* Documentation/examples/*.yaml <<-'END'
		import json, jsonschema, sys, yaml
		schema = json.load(open("Documentation/lab.schema.json"))
		check = jsonschema.Draft202012Validator(schema)
		for name in sys.argv[1:]:
		    check.validate(yaml.safe_load(open(name)))
	END
}

# The files of the documentation are right too.
examples() {
	local file

	for file in Documentation/examples/*.yaml; do
		"$nlabctl" -q check "$file" || return
	done
	sed -n '/^\t# ospf.yaml/,/^Is the file/s/^\t//p' Documentation/lab.rst \
		>"$work/ospf.yaml"
	[[ $("$nlabctl" check "$work/ospf.yaml") = 'lab ospf: 3 nodes, 3 links' ]]
}

# The nodes and links of an SVG file, after a reader of XML took it.
drawn() {
	"$nlabctl" graph "$work/lab.yaml" svg >"$work/lab.svg" || return
	python3 - "$work/lab.svg" <<-'END'
		import sys, xml.etree.ElementTree as tree
		kinds = [e.get("class") for e in tree.parse(sys.argv[1]).iter()]
		print(kinds.count("node"), "nodes,", kinds.count("edge"), "links")
	END
}

# How many links the switches have, those of the core, the pods and the edge:
# all the same number.
fat_ports() {
	"$nlabctl" graph "$work/lab.yaml" mermaid |
		sed -n 's/^\t\(n[0-9]*\) --- \(n[0-9]*\)$/\1\n\2/p' |
		sort | uniq -c |
		awk 'substr($2, 2) < 20 { print $1 }' | sort -u
}

# plan: what would be made of a file, which asks nothing of the kernel.
quoted_name() { "$nlabctl" graph "$work/lab.yaml" | grep -cF 'taillabel="q\"\\"'; }
plan() { "$nlabctl" apply -d "$1"; }

ktap_start
head=('lab: x' 'nodes: {a: , b: , c: switch}')
wrong 2:1 "unknown key of a lab 'ndes', did you mean 'nodes'?" 'lab: x' 'ndes: {}'
wrong 1:1 "the lab has no name" 'nodes: {a: }'
wrong 1:1 "the lab has no nodes" 'lab: x'
wrong 1:6 "bad name of a lab 'a b'" 'lab: a b' 'nodes: {a: }'
wrong 2:12 "unknown kind of node 'roter', did you mean 'router'?" 'lab: x' 'nodes: {a: roter}'
wrong 2:13 "'a' given twice" 'lab: x' 'nodes: {a: ,a: }'
wrong 2:9 "a node can't be called 'lo'" 'lab: x' 'nodes: {lo: }'
wrong 3:1 "no YAML: did not find expected ',' or '}'" 'lab: x' 'nodes: {a'
wrong 2:46 "bad address '10.0.0.300'" 'lab: x' 'nodes: {a: {routes: [{to: 192.0.2.0/24, via: 10.0.0.300}]}}'
wrong 2:22 "a route needs 'via' or 'dev'" 'lab: x' 'nodes: {a: {routes: [{to: 192.0.2.0/24}]}}'
wrong 2:22 "'to' and 'via' are of the same family" 'lab: x' 'nodes: {a: {routes: [{to: 192.0.2.0/24, via: "2001:db8::1"}]}}'
wrong 2:23 "bad sysctl 'kernel.hostname'" 'lab: x' 'nodes: {a: {sysctls: {kernel.hostname: y}}}'
wrong 2:21 "bad file '/usr/bin/x'" 'lab: x' 'nodes: {a: {files: {/usr/bin/x: y}}}'
wrong 2:21 "bad file '/etc/../x'" 'lab: x' 'nodes: {a: {files: {/etc/../x: y}}}'
wrong 2:19 "unknown daemon of FRR 'ospf', did you mean 'ospfd'?" 'lab: x' 'nodes: {a: {frr: {ospf: y}}}'
wrong 2:36 "unknown routing protocol 'ospfd', did you mean 'ospf'?" 'lab: x' 'nodes: {a: {kind: router, routing: ospfd}}'
wrong 2:44 "unknown key of bgp 'asn', did you mean 'as'?" 'lab: x' 'nodes: {a: {kind: router, routing:  {bgp: {asn: 1}}}}'
wrong 2:42 "'rip' given twice" 'lab: x' 'nodes: {a: {kind: router, routing: [rip, rip]}}'
wrong 2:59 "bad update '4', which is a number from 5" 'lab: x' 'nodes: {a: {kind: router, routing:         {rip: {update: 4}}}}'
wrong 2:58 "bad hello '601', which is a number from 1 to 600" 'lab: x' 'nodes: {a: {kind: router, routing:        {isis: {hello: 601}}}}'
wrong 2:12 "'routing' is for nodes of kind router or translator" 'lab: x' 'nodes: {a: {routing: rip}}'
wrong 2:36 "node 'a' has ripd in 'frr' already" 'lab: x' 'nodes: {a: {kind: router, routing: rip, frr: {ripd: x}}}'
wrong 2:12 "'xlat' is for nodes of kind translator" 'lab: x' 'nodes: {a: {xlat: {prefix: "64:ff9b::/96"}}}'
wrong 2:12 "an external node needs 'interface'" 'lab: x' 'nodes: {a: {kind: external}}'
wrong 3:17 "unknown node 'd'" "${head[@]}" 'links: [{ends: [d, b]}]'
wrong 3:16 "both ends are node 'a'" "${head[@]}" 'links: [{ends: [a, a]}]'
wrong 3:27 "unknown key of a link 'rte', did you mean 'rate'?" "${head[@]}" 'links: [{ends: [a, b],    rte: 1mbit}]'
wrong 3:30 "bad rate 'fast'" "${head[@]}" 'links: [{ends: [a, b], rate: fast}]'
wrong 3:31 "a parameter is one value, not a list or mapping" "${head[@]}" 'links: [{ends: [a, b], order: [keep]}]'
wrong 3:40 "node 'a' has a device 'eth0' already" "${head[@]}" 'links: [{ends: ["a:eth0", b]}, {ends: ["a:eth0", b]}]'
wrong 3:17 "a port of a switch has no address" "${head[@]}" 'links: [{ends: [{node: c, addresses: 192.0.2.1/24}, a]}]'
wrong 3:25 "pool 10.0.0.0/30 has no network left" "${head[@]}" 'links: [{ends: [a, b]}, {ends: [a, b]}]' 'pool: 10.0.0.0/30'
wrong 2:7 "bad pool '10.0.0.1/8'" 'lab: x' 'pool: 10.0.0.1/8'
wrong 2:16 "a ring has at least 3 nodes" 'lab: x' 'topologies:   [{shape: ring, nodes: 2, name: r}]'
wrong 2:14 "a tree needs 'depth' and 'fanout'" 'lab: x' 'topologies: [{shape: tree, name: r}]'
wrong 2:14 "a fat-tree needs 'ports', an even number" 'lab: x' 'topologies: [{shape: fat-tree, ports: 3, name: r}]'
wrong 2:14 "a ring has no 'ports'" 'lab: x' 'topologies: [{shape: ring, nodes: 3, ports: 4, name: r}]'
wrong 2:14 "more than 10000 nodes" 'lab: x' 'topologies: [{shape: tree, name: r, depth: 9, fanout: 9}]'
wrong 2:14 "a line has no 'leaf'" 'lab: x' 'topologies: [{shape: line, nodes: 2, name: r, leaf: host}]'

right 'lab x: 5 nodes, 5 links' 'lab: x' 'topologies: [{shape: ring, nodes: 5, name: r}]'
right 'lab x: 6 nodes, 5 links' 'lab: x' 'topologies: [{shape: star, nodes: 5, name: r}]'
right 'lab x: 15 nodes, 14 links' 'lab: x' 'topologies: [{shape: tree, depth: 3, fanout: 2, name: r}]'
right 'lab x: 12 nodes, 17 links' 'lab: x' 'topologies: [{shape: grid, width: 4, height: 3, name: r}]'
right 'lab x: 36 nodes, 48 links' 'lab: x' 'topologies: [{shape: fat-tree, ports: 4, name: r}]'
check 'each switch of a fat-tree uses its ports' equal '4' fat_ports
right 'lab x: 10000 nodes, 9999 links' 'lab: x' 'pool: 10.0.0.0/8' 'topologies: [{shape: line, nodes: 10000, name: r}]'
right 'lab x: 2 nodes, 2 links' 'lab: x' 'nodes: {a: , b: }' 'links: [{ends: [a, b]}, {ends: [a, b], out: {rate: 1mbit}, delay: 5ms}]'
check 'a plan of it' equal $'+ node a\n+ node b\n+ link a:b b:a\n+ link a:b-2 b:a-2' plan "$work/lab.yaml"
check 'nothing was made' test ! -e /run/nlab/labs/x
check 'a picture for Mermaid' equal $'graph LR\n\tn0["a"]\n\tn1["b"]\n\tn0 --- n1\n\tn0 ---|" out: rate 1mbit delay 5ms<br> in: delay 5ms"| n1' \
	"$nlabctl" graph "$work/lab.yaml" mermaid
if command -v dot >/dev/null; then
	check 'a picture by Graphviz' equal '2 nodes, 2 links' drawn
else
	skip 'a picture by Graphviz' 'no graphviz'
fi
check 'without Graphviz' fails 3 'is the package graphviz installed' env PATH=/nonexistent "$(realpath "$nlabctl")" graph "$work/lab.yaml" svg
mkdir "$work/bin"
printf '#!/bin/sh\nexit 1\n' >"$work/bin/dot"
chmod +x "$work/bin/dot"
check 'dot that fails' fails 3 'dot(1) failed' env PATH="$work/bin:$PATH" "$(realpath "$nlabctl")" graph "$work/lab.yaml" svg
printf '%s\n' 'lab: x' 'nodes: {a: , b: }' "links: [{ends: ['a:q\"\\', b]}]" >"$work/lab.yaml"
check 'a name that would end a text of dot' equal 1 quoted_name
check 'no such file' fails 1 "can't open" "$nlabctl" check "$work/none"
check 'options of other commands' fails 1 'is for apply' "$nlabctl" -d check "$work/lab.yaml"
check 'destroy needs a name' fails 1 'needs the name of a lab, or --all' "$nlabctl" destroy
check 'examples are right' examples
if python3 -c 'import jsonschema, yaml' 2>/dev/null; then
	check 'the schema has the keys of the tool' keys_of_schema
	check 'and takes what the tool takes' files_of_schema
else
	skip 'the schema' 'no python3-jsonschema'
fi
ktap_end
