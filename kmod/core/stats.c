// SPDX-License-Identifier: GPL-2.0
/* Counters of a namespace. */
#include <linux/cpumask.h>

#include "stats.h"

struct nlab_stats __percpu *nlab_stats_alloc(void)
{
	struct nlab_stats __percpu *stats = alloc_percpu(struct nlab_stats);
	int cpu;

	if (!stats)
		return NULL;
	for_each_possible_cpu(cpu)
		u64_stats_init(&per_cpu_ptr(stats, cpu)->sync);
	return stats;
}

u64 nlab_stats_sum(struct nlab_stats __percpu *stats, unsigned int attr)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu) {
		struct nlab_stats *s = per_cpu_ptr(stats, cpu);
		unsigned int start;
		u64 value;

		do {
			start = u64_stats_fetch_begin(&s->sync);
			value = u64_stats_read(&s->value[attr]);
		} while (u64_stats_fetch_retry(&s->sync, start));
		sum += value;
	}
	return sum;
}
