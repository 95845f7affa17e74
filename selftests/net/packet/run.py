#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Runs case tables: run.py TABLE..."""
import importlib
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True


def main():
    from case import Suite
    suite = Suite()
    for name in sys.argv[1:]:
        importlib.import_module('cases_' + name).run(suite)
    suite.end()


if __name__ == '__main__':
    main()
