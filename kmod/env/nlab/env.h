/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The only door through which kmod/pure/ sees the outside: types, byte order
 * and the checksum primitives. This is its kernel side; unit tests and
 * fuzzers bring a user-space header of the same name.
 */
#ifndef NLAB_ENV_H
#define NLAB_ENV_H

#include <linux/build_bug.h>
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/in6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/string.h>
#include <linux/types.h>
#include <net/checksum.h>
#include <net/ip6_checksum.h>

#endif
