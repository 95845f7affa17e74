/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Counters of a namespace, per CPU. A counter is named by its attribute of
 * the spec's set `stats`, so that no second list of names exists.
 */
#ifndef NLAB_CORE_STATS_H
#define NLAB_CORE_STATS_H

#include <linux/nlab.h>
#include <linux/percpu.h>
#include <linux/u64_stats_sync.h>

struct nlab_stats {
	u64_stats_t value[NLAB_A_STATS_MAX + 1];
	struct u64_stats_sync sync;
};

/**
 * nlab_stats_add() - add to one counter
 * @stats: counters of the namespace
 * @attr: NLAB_A_STATS_*
 * @n: what to add
 *
 * Context: bottom halves off, or any context that can't be interrupted by
 * another user of the counters.
 */
static inline void nlab_stats_add(struct nlab_stats __percpu *stats,
				  unsigned int attr, u64 n)
{
	struct nlab_stats *s = this_cpu_ptr(stats);

	u64_stats_update_begin(&s->sync);
	u64_stats_add(&s->value[attr], n);
	u64_stats_update_end(&s->sync);
}

/* A packet and its bytes: @attr and the attribute that follows it. */
static inline void nlab_stats_packet(struct nlab_stats __percpu *stats,
				     unsigned int attr, u64 packets, u64 bytes)
{
	struct nlab_stats *s = this_cpu_ptr(stats);

	u64_stats_update_begin(&s->sync);
	u64_stats_add(&s->value[attr], packets);
	u64_stats_add(&s->value[attr + 1], bytes);
	u64_stats_update_end(&s->sync);
}

/**
 * nlab_stats_alloc() - allocate zeroed counters
 * Context: process context. Return: NULL if out of memory.
 */
struct nlab_stats __percpu *nlab_stats_alloc(void);

/**
 * nlab_stats_sum() - read one counter
 * @stats: counters of the namespace
 * @attr: NLAB_A_STATS_*
 */
u64 nlab_stats_sum(struct nlab_stats __percpu *stats, unsigned int attr);

#endif
