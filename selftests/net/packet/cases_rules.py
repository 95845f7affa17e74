# SPDX-License-Identifier: GPL-2.0
"""No cases, but rules of an administrator on every hook, without connection
tracking: packets of the tables behind this one are translated behind them, go
through the kernel's forwarding, and must give the same bytes."""
import subprocess

HOOKS = ('prerouting', 'forward', 'postrouting', 'output', 'input')


def run(suite):
    chains = ''.join(f'chain {h} {{ type filter hook {h} priority 0; '
                     'counter; }\n' for h in HOOKS)
    subprocess.run(['nft', '-f', '-'], text=True, check=True,
                   input='table inet rules {\n' + chains + '}\n')
    suite.result('rules on every hook', [])
