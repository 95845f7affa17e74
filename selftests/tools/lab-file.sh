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
		    ("ospf", "lab: x\nnodes: {a: {kind: router, routing: {ospf: {zq: 1}}}}\n",
		     node["routing"]["anyOf"][2]["properties"]["ospf"]["properties"]),
		    ("isis", "lab: x\nnodes: {a: {kind: router, routing: {isis: {zq: 1}}}}\n",
		     node["routing"]["anyOf"][2]["properties"]["isis"]["properties"]),
		    ("frr", "lab: x\nnodes: {a: {frr: {zq: 1}}}\n",
		     node["frr"]["properties"]),
		    ("xlat", "lab: x\nnodes: {a: {kind: translator, xlat: {zq: 1}}}\n",
		     node["xlat"]["properties"]),
		    ("link", head + "links: [{zq: 1}]\n", defs["link"]["properties"]),
		    ("end", head + "links: [{ends: [{zq: 1}, b]}]\n", end),
		    ("direction", head + "links: [{ends: [a, b], out: {zq: 1}}]\n",
		     defs["direction"]["properties"]),
		    ("event", head + "events: [{zq: 1}]\n", defs["event"]["properties"]),
		    ("traffic", head + "events: [{traffic: {zq: 1}}]\n",
		     defs["event"]["properties"]["traffic"]["properties"]),
		    ("capture", head + "captures: [{zq: 1}]\n",
		     defs["capture"]["properties"]),
		    ("topology", "lab: x\ntopologies: [{zq: 1}]\n",
		     defs["topology"]["properties"]),
		    ("shape", "lab: x\ntopologies: [{shape: zq}]\n",
		     defs["topology"]["properties"]["shape"]["enum"])]:
		    if tool(text) != sorted(there):
		        sys.exit(f"{where}: {tool(text)}\nschema: {sorted(there)}")
	END
}

# Of the inputs of the fuzzer, those that are right.
files_of_schema() {
	local file good=(Documentation/examples/*.yaml)

	for file in selftests/fuzz/corpus/lab-file/*; do
		"$nlabctl" -q check "$file" 2>/dev/null && good+=("$file")
	done
	python3 - "${good[@]}" <<-'END'
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
	sed -n '/code-block:: yaml/,/^[^ \t]/s/^\t//p' Documentation/tutorial.rst \
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

# In the format of the Internet Topology Zoo: a quarter of the equator, and a
# node whose place is not known.
graphml() {
	cat >"$work/small.graphml" <<-END
	<?xml version="1.0" encoding="utf-8"?>
	<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
	<key attr.name="Latitude" attr.type="double" for="node" id="d1" />
	<key attr.name="Longitude" attr.type="double" for="node" id="d2" />
	<key attr.name="label" attr.type="string" for="node" id="d3" />
	<key attr.name="label" attr.type="string" for="edge" id="d4" />
	<key attr.name="Network" attr.type="string" for="graph" id="d5" />
	<graph edgedefault="undirected"><data key="d5">Small Net</data>
	<node id="0"><data key="d1">${1:-0.0}</data><data key="d2">0.0</data>
	<data key="d3">Null Island</data></node>
	<node id="1"><data key="d1">0.0</data><data key="d2">90</data>
	<data key="d3">Ninety &amp; East of the Null Island</data></node>
	<node id="2"><data key="d3">Null Island</data></node>
	<edge source="0" target="1"><data key="d4">fibre</data></edge>
	<edge source="${2:-1}" target="2" /><edge source="2" target="2" />
	<edge source="1" target="0" />
	</graph></graphml>
	END
}
imported() { "$nlabctl" import-lab "$@" | "$nlabctl" check -; }
lines() { "$nlabctl" import-lab "$@" | grep -v '^#'; }
not_imported() { check "$2" fails 1 "$1: $2" "$nlabctl" import-lab graphml "$work/small.graphml"; }

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
wrong 2:58 "bad spf-interval '0', which is a number from 1 to 120" 'lab: x' 'nodes: {a: {kind: router, routing: {ospf: {spf-interval: 0}}}}'
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

# shellcheck disable=SC2016 # of the file
{
wrong 3:35 "unknown variable 'cuont', did you mean 'count'?" 'lab: x' 'variables: {count: 5}' 'topologies: [{shape: line, nodes: "${cuont}", name: r}]'
wrong 2:16 "unknown variable 'b'" 'lab: x' 'variables: {a: "${b}", b: 5}' 'nodes: {a: }'
wrong 3:7 "'\${' without '}'; '\$\${' stands for itself" 'lab: x' 'variables: {a: 1}' 'pool: "${a"'
wrong 2:13 "bad name of a variable 'a b'" 'lab: x' 'variables: {a b: 1}'
wrong 4:30 "bad rate '5x'" 'lab: x' 'variables: {n: 5}' 'nodes: {a: , b: }' 'links: [{ends: [a, b], rate: "${n}x"}]'
wrong 3:25 "no YAML: did not find expected ',' or '}', while parsing a flow mapping; between braces, \"\${NAME}\" needs its quotes" 'lab: x' 'variables: {n: 5ms}' 'link-defaults: {delay: ${n}}'
wrong 4:10 "an event needs 'at'" 'lab: x' 'nodes: {a: , b: , m: {kind: external, interface: e0}}' 'links: [{ends: [a, b]}, {ends: [a, m]}]' 'events: [{link: "a:b", state: up}]'
wrong 4:10 "an event has one of 'link', 'run' and 'traffic'" 'lab: x' 'nodes: {a: , b: , m: {kind: external, interface: e0}}' 'links: [{ends: [a, b]}, {ends: [a, m]}]' 'events: [{at: 1s}]'
wrong 4:10 "'run' and 'node' go together" 'lab: x' 'nodes: {a: , b: , m: {kind: external, interface: e0}}' 'links: [{ends: [a, b]}, {ends: [a, m]}]' 'events: [{at: 1s, run: ls}]'
wrong 4:10 "what happens to the link? 'state', or parameters of links" 'lab: x' 'nodes: {a: , b: , m: {kind: external, interface: e0}}' 'links: [{ends: [a, b]}, {ends: [a, m]}]' 'events: [{at: 1s, link: "a:b"}]'
wrong 4:10 "'state' and parameters of links need 'link'" 'lab: x' 'nodes: {a: , b: , m: {kind: external, interface: e0}}' 'links: [{ends: [a, b]}, {ends: [a, m]}]' 'events: [{at: 1s, node: a, run: ls, delay: 1ms}]'
wrong 2:7 "a tag means nothing here" 'lab: x' 'pool: !10.0.0.0/8' 'nodes: {a: }'
wrong 2:9 "a tag means nothing here" 'lab: x' 'nodes: {!a b: }'
wrong 4:15 "bad time '1m', which is a number with ns, us, ms or s" 'lab: x' 'nodes: {a: , b: , m: {kind: external, interface: e0}}' 'links: [{ends: [a, b]}, {ends: [a, m]}]' 'events: [{at: 1m, link: "a:b", state: up}]'
wrong 4:25 "node 'a' has no device 'c'" 'lab: x' 'nodes: {a: , b: , m: {kind: external, interface: e0}}' 'links: [{ends: [a, b]}, {ends: [a, m]}]' 'events: [{at: 1s, link: "a:c", state: up}]'
wrong 4:25 "a:m leads to a device of the machine" 'lab: x' 'nodes: {a: , b: , m: {kind: external, interface: e0}}' 'links: [{ends: [a, b]}, {ends: [a, m]}]' 'events: [{at: 1s, link: "a:m", state: up}]'
wrong 4:25 "a link is named as NODE:DEVICE" 'lab: x' 'nodes: {a: , b: , m: {kind: external, interface: e0}}' 'links: [{ends: [a, b]}, {ends: [a, m]}]' 'events: [{at: 1s, link: a, state: up}]'
wrong 4:39 "unknown state of a link 'dwn', did you mean 'down'?" 'lab: x' 'nodes: {a: , b: , m: {kind: external, interface: e0}}' 'links: [{ends: [a, b]}, {ends: [a, m]}]' 'events: [{at: 1s, link: "a:b", state: dwn}]'
wrong 4:10 "node 'm' is external, nothing runs in it" 'lab: x' 'nodes: {a: , b: , m: {kind: external, interface: e0}}' 'links: [{ends: [a, b]}, {ends: [a, m]}]' 'events: [{at: 1s, node: m, run: ls}]'
wrong 4:28 "traffic needs 'from' and 'to'" 'lab: x' 'nodes: {a: , b: , m: {kind: external, interface: e0}}' 'links: [{ends: [a, b]}, {ends: [a, m]}]' 'events: [{at: 1s, traffic: {from: a}}]'
wrong 4:51 "bad time '1500ms', which is whole seconds, 1s to 86400s" 'lab: x' 'nodes: {a: , b: , m: {kind: external, interface: e0}}' 'links: [{ends: [a, b]}, {ends: [a, m]}]' 'events: [{at: 1s, traffic: {from: a, to: b, time: 1500ms}}]'
wrong 4:44 "bad rate 'none'" 'lab: x' 'nodes: {a: , b: , m: {kind: external, interface: e0}}' 'links: [{ends: [a, b]}, {ends: [a, m]}]' 'events: [{at: 1s, traffic: {from: a, rate: none, to: b}}]'
wrong 4:12 "a capture needs 'link' and 'file'" 'lab: x' 'nodes: {a: , b: , m: {kind: external, interface: e0}}' 'links: [{ends: [a, b]}, {ends: [a, m]}]' 'captures: [{link: "a:b"}]'
wrong 4:32 "'file' is a whole path" 'lab: x' 'nodes: {a: , b: , m: {kind: external, interface: e0}}' 'links: [{ends: [a, b]}, {ends: [a, m]}]' 'captures: [{link: "a:b", file: x.pcap}]'
wrong 4:32 "'file' is not below /etc or /run" 'lab: x' 'nodes: {a: , b: , m: {kind: external, interface: e0}}' 'links: [{ends: [a, b]}, {ends: [a, m]}]' 'captures: [{link: "a:b", file: /var/run/x.pcap}]'
wrong 4:32 "'file' is a whole path" 'lab: x' 'nodes: {a: , b: , m: {kind: external, interface: e0}}' 'links: [{ends: [a, b]}, {ends: [a, m]}]' 'captures: [{link: "a:b", file: /tmp/../run/x.pcap}]'
wrong 4:41 "a:b has a capture already" 'lab: x' 'nodes: {a: , b: , m: {kind: external, interface: e0}}' 'links: [{ends: [a, b]}, {ends: [a, m]}]' 'captures: [{link: "a:b", file: /tmp/x}, {link: "a:b", file: /tmp/y}]'
}

wrong 7 "bad time '1'" "${head[@]}" 'links:' '- ends: [a, b]' '  in:' '    schedule: |' '      1 delay 1ms'
wrong 4:13 "nothing changes" "${head[@]}" 'links: [{ends: [a, b],' '  schedule: 1s}]'
wrong 6 "'1' is below the number before it" "${head[@]}" 'link-defaults:' '  trace: |' '    2' '    1'
wrong 4:10 "bad number 'x'" "${head[@]}" 'links: [{ends: [a, b],' '  table: x}]'
wrong 3:9 "slot-distribution 'table' needs 'table' with its numbers" "${head[@]}" 'links: [{ends: [a, b], in: {table: 1}, slot-distribution: table}]'
wrong 3:58 "unknown key of a direction 'trace'" "${head[@]}" 'events: [{at: 1s, link: "a:b", out: {delay: 1ms,         trace: 1}}]'
wrong 4:10 "a link to an external node is the machine's" 'lab: x' 'nodes: {a: , m: {kind: external, interface: e0}}' 'link-defaults: {schedule: 1s loss 1%}' 'links: [ {ends: [a, m], trace: 1}]'

right 'lab x: 5 nodes, 5 links' 'lab: x' 'topologies: [{shape: ring, nodes: 5, name: r}]'
right 'lab x: 6 nodes, 5 links' 'lab: x' 'topologies: [{shape: star, nodes: 5, name: r}]'
right 'lab x: 15 nodes, 14 links' 'lab: x' 'topologies: [{shape: tree, depth: 3, fanout: 2, name: r}]'
right 'lab x: 12 nodes, 17 links' 'lab: x' 'topologies: [{shape: grid, width: 4, height: 3, name: r}]'
right 'lab x: 36 nodes, 48 links' 'lab: x' 'topologies: [{shape: fat-tree, ports: 4, name: r}]'
check 'each switch of a fat-tree uses its ports' equal '4' fat_ports
right 'lab x: 2 nodes, 1 links' 'lab: x' 'nodes: {a: , m: {kind: external, interface: e0}}' 'link-defaults: {schedule: 1s loss 1%}' 'links: [{ends: [a, m]}]'
right 'lab x: 10000 nodes, 9999 links' 'lab: x' 'pool: 10.0.0.0/8' 'topologies: [{shape: line, nodes: 10000, name: r}]'
right 'lab x: 2 nodes, 2 links' 'lab: x' 'nodes: {a: , b: }' 'links: [{ends: [a, b]}, {ends: [a, b], out: {rate: 1mbit}, delay: 5ms}]'
# shellcheck disable=SC2016 # of the file
right 'lab x: 5 nodes, 4 links' 'lab: x' 'variables: {n: 5, name: r}' 'topologies: [{shape: line, nodes: "${n}", name: "${name}"}]'
check 'a variable of the command line' equal 'lab x: 7 nodes, 6 links' "$nlabctl" check "$work/lab.yaml" n=7
check 'the last one counts' equal 'lab x: 3 nodes, 2 links' "$nlabctl" check "$work/lab.yaml" n=7 name=q n=3
check 'one that the file has not' fails 1 "unknown variable 'nme', did you mean 'name'?" "$nlabctl" check "$work/lab.yaml" nme=7
check 'a value that is no UTF-8' fails 1 "variable 'n' is no UTF-8" "$nlabctl" check "$work/lab.yaml" n=$'\xe9'
check 'a word that sets nothing' fails 1 "bad variable 'n', which is NAME=VALUE" "$nlabctl" check "$work/lab.yaml" n
check 'no program to run' fails 1 'no program to run' "$nlabctl" run "$work/lab.yaml" n=3
# shellcheck disable=SC2016 # of the file
{
	printf '%s\n' 'lab: x' 'variables: {a: 1, b: "$${a}", c: "${a}2"}' \
		'nodes: {h: , i: }' 'links: [{ends: ["h:${b}${c}", "i:$x$${a}"]}]' \
		>"$work/lab.yaml"
	check 'dollars that stand for themselves' equal \
		$'+ node h\n+ node i\n+ link h:${a}12 i:$x${a}' plan "$work/lab.yaml"
}
printf '%s\n' 'lab: x' 'nodes: {a: , b: }' 'links: [{ends: [a, b]}]' 'events: [{at: 9s, node: a, run: ls}, {at: 1s, link: "a:b", state: down, loss: 1%}]' 'captures: [{link: "b:a", file: /tmp/x}]' >"$work/lab.yaml"
check 'a plan of events and captures' equal $'+ node a\n+ node b\n+ link a:b b:a\n+ events 2' plan "$work/lab.yaml"
printf '%s\n' 'lab: x' 'nodes: {a: , b: }' 'links: [{ends: [a, b]}, {ends: [a, b], out: {rate: 1mbit}, delay: 5ms}]' >"$work/lab.yaml"
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
graphml
check 'a network of the Topology Zoo' equal 'lab SmallNet: 3 nodes, 3 links' imported graphml "$work/small.graphml"
check 'has delays from places' equal 'lab: SmallNet
pool: 10.0.0.0/8
loopback-pool: 172.16.0.0/16
link-defaults: {rate: 1gbit}
nodes:
  NullIsland: {kind: router, routing: ospf}
  NinetyEastof: {kind: router, routing: ospf}
  NullIsland_2: {kind: router, routing: ospf}
links:
  - {ends: [NullIsland, NinetyEastof], delay: 50072us}
  - {ends: [NinetyEastof, NullIsland_2]}  # how far is not known
  - {ends: [NinetyEastof, NullIsland], delay: 50072us}' \
	lines graphml "$work/small.graphml" routing ospf rate 1gbit
graphml 91
not_imported "$work/small.graphml:9:31" 'bad latitude, which is -90 to 90'
graphml 0 9
not_imported "$work/small.graphml:15" "an edge of node '9', which is not there"
graphml '</x>'
not_imported "$work/small.graphml:9:31" 'mismatched tag'
echo '<a/>' >"$work/small.graphml"
not_imported "$work/small.graphml" 'no GraphML with nodes'
printf '%s\n' '<!DOCTYPE a [<!ENTITY b "c">]>' '<a/>' >"$work/small.graphml"
not_imported "$work/small.graphml:1:25" 'entities are not allowed here'
check 'a tree of Mininet' equal 'lab tree: 15 nodes, 14 links' imported mininet tree,3
check 'with its numbers' equal 'lab: tree
pool: 10.0.0.0/8
nodes:
  s1: switch
  s2: switch
  s3: switch
  h1: host
  h2: host
  h3: host
  h4: host
links:
  - {ends: [s1, s2]}
  - {ends: [s2, h1]}
  - {ends: [s2, h2]}
  - {ends: [s1, s3]}
  - {ends: [s3, h3]}
  - {ends: [s3, h4]}' lines mininet tree,2
check 'single' equal 'lab single: 6 nodes, 5 links' imported mininet single,5
check 'linear' equal 'lab linear: 8 nodes, 7 links' imported mininet linear,4
check 'linear with more hosts' equal 'lab linear: 8 nodes, 7 links' imported mininet linear,2,3
check 'minimal' equal 'lab minimal: 3 nodes, 2 links' imported mininet minimal
check 'no topology' fails 1 "unknown topology 'tre', did you mean 'tree'?" "$nlabctl" import-lab mininet tre,3
check 'bad numbers' fails 1 "bad numbers of 'tree', which is tree,DEPTH,FANOUT" "$nlabctl" import-lab mininet tree,0
check 'too many numbers' fails 1 "bad numbers of 'single', which is single,HOSTS" "$nlabctl" import-lab mininet single,3,4
check 'as many nodes as a lab may have' equal 'lab linear: 10000 nodes, 9999 links' imported mininet linear,5000
check 'too many nodes' fails 1 'more than 10000 nodes' "$nlabctl" import-lab mininet tree,9999,99
check 'no routers there' fails 1 'have no routers' "$nlabctl" import-lab mininet single routing rip
unlabelled() {
	echo '<graphml><key attr.name="label" for="node" id="l" /><graph>'
	echo '<node id="a"><data key="l">all</data></node>'
	seq -f '<node id="%.0f" />' 9999
	echo '<edge source="a" target="1" /><edge source="1" target="9999" /></graph></graphml>'
}
unlabelled >"$work/many.graphml"
check 'many nodes without a label, one with a name that none may have' \
	equal 'lab many: 10000 nodes, 2 links' imported graphml "$work/many.graphml"
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
