# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# To be sourced after lib.sh, by tests of links.

# Each parameter of a link with a value, as it is shown.
# shellcheck disable=SC2034 # for those who source this
link_values=(rate 12500kbit overhead 24 cell-size 48 cell-overhead 5
	limit-packets 77 limit-bytes 123456 delay 1500us jitter 250ns
	distribution paretonormal order free loss 27.1% ge-enter 0.001%
	ge-leave 20% ge-loss 50% duplicate 3% corrupt 0.5% reorder 1%
	jitter-correlation 25% markov-13 1% markov-14 0.1% markov-31 30%
	markov-32 2% markov-23 40% loss-pattern 0010 loss-list "7,9-12"
	codel-target 5ms codel-interval 90ms ecn on red-min 3000 red-max 90000
	red-chance 5% slot-delay 10ms slot-jitter 2ms slot-distribution normal
	slot-packets 5 slot-bytes 6000)
