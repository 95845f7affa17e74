// SPDX-License-Identifier: GPL-2.0
/* What is to change in a direction, and when. */
#include "link_schedule.h"

u64 link_schedule_due(const struct link_schedule *schedule,
		      const struct link_progress *progress)
{
	if (progress->next >= schedule->count)
		return ~0ULL;
	return progress->begin + schedule->step[progress->next].at;
}

void link_schedule_advance(const struct link_schedule *schedule,
			   struct link_progress *progress)
{
	progress->next++;
	if (progress->next < schedule->count)
		return;
	progress->laps++;
	if (!schedule->period)
		return;
	progress->begin += schedule->period;
	progress->next = 0;
}

void link_patch_apply(struct link_conf *conf, const u8 *patches, u32 size)
{
	const u8 *end = patches + size;
	struct link_patch patch;

	while (patches < end) {
		memcpy(&patch, patches, sizeof(patch));
		patches += sizeof(patch);
		memcpy((u8 *)conf + patch.at, patches, patch.size);
		patches += patch.size;
	}
}
