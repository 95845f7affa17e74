/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The door of kmod/pure/ to the outside, user-space side: the same names as
 * kmod/env/nlab/env.h gives to the module, from the C library, the uapi
 * headers and plain C. Nothing here is tuned: it is what the kernel's own
 * checksum code is compared with by every test that runs pure/.
 */
#ifndef NLAB_ENV_H
#define NLAB_ENV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Before the uapi headers, which then leave its types alone. */
#include <arpa/inet.h>
#include <netinet/in.h>

#include <linux/types.h>

#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/in6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int8_t s8;
typedef int16_t s16;
typedef int32_t s32;
typedef int64_t s64;

#ifndef __force
#define __force
#endif

static inline u64 div_u64(u64 a, u32 b)
{
	return a / b;
}

static inline s64 div_s64(s64 a, s32 b)
{
	return a / b;
}

/* The whole part of the root, bit by bit. */
static inline u32 int_sqrt64(u64 x)
{
	u64 root = 0, bit;

	for (bit = 1ULL << 32; bit; bit >>= 1)
		if ((root + bit) <= 0xffffffffULL &&
		    (root + bit) * (root + bit) <= x)
			root += bit;
	return (u32)root;
}

static inline u64 div64_u64_rem(u64 a, u64 b, u64 *rest)
{
	*rest = a % b;
	return a / b;
}

static inline __wsum csum_add(__wsum a, __wsum b)
{
	u64 sum = (u64)a + b;

	return (u32)(sum + (sum >> 32));
}

static inline __wsum csum_sub(__wsum a, __wsum b)
{
	return csum_add(a, ~b);
}

static inline __wsum csum_unfold(__sum16 sum)
{
	return sum;
}

static inline __sum16 csum_fold(__wsum sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return (__sum16)~sum;
}

/* Words as they lie in memory, like the kernel: one's complement allows it. */
static inline __wsum csum_partial(const void *data, int len, __wsum sum)
{
	const u8 *p = data;
	u16 word;

	for (; len > 1; len -= 2, p += 2) {
		memcpy(&word, p, sizeof(word));
		sum = csum_add(sum, word);
	}
	if (len > 0) {
		word = 0;
		memcpy(&word, p, 1);
		sum = csum_add(sum, word);
	}
	return sum;
}

static inline __sum16 ip_fast_csum(const void *header, unsigned int ihl)
{
	return csum_fold(csum_partial(header, ihl * 4, 0));
}

static inline __sum16 csum_ipv6_magic(const struct in6_addr *saddr,
				      const struct in6_addr *daddr, u32 len,
				      u8 proto, __wsum sum)
{
	sum = csum_partial(saddr, sizeof(*saddr), sum);
	sum = csum_partial(daddr, sizeof(*daddr), sum);
	sum = csum_add(sum, htonl(len));
	sum = csum_add(sum, htonl(proto));
	return csum_fold(sum);
}

#endif
