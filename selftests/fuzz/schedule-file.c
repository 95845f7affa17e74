// SPDX-License-Identifier: GPL-2.0
/*
 * Any octets as a schedule of a link. What is refused has a reason and a line;
 * the steps of what is accepted ascend, and each changes something.
 *
 * Links: tools/lib/text.c tools/lib/list.c tools/lib/unit.c tools/lib/linktext.c
 * Links: tools/lib/linksched.c tools/lib/names-gen.c
 */
#include "fuzz.h"
#include "../../tools/lib/nlab.h"

static const uint64_t time_max = UINT64_C(366) * 86400 * 1000000000;

static void check_step(const struct nlab_link_step *step)
{
	bool any = step->carrier || step->sending;
	unsigned int key;

	for (key = 0; key < NLAB_LINK_KEYS; key++)
		any |= step->dir.set[key];
	MUST(any && step->line && step->at <= time_max);
	MUST(step->carrier <= NLAB_LINK_SWITCH_ON);
	MUST(step->sending <= NLAB_LINK_SWITCH_ON);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct nlab_word text = { (const char *)data, size };
	struct nlab_link_schedule schedule;
	struct nlab_err err;
	size_t i;

	memset(&err, 0, sizeof(err));
	if (nlab_schedule_parse(&schedule, "fuzz", text, &err)) {
		MUST(err.text[0] && !strncmp(err.place, "fuzz:", 5));
	} else {
		MUST(schedule.count && schedule.count <= NLAB_LINK_STEPS);
		MUST(schedule.period <= time_max);
		MUST(!schedule.period == !schedule.period_line);
		for (i = 0; i < schedule.count; i++) {
			check_step(&schedule.step[i]);
			MUST(!i || schedule.step[i].at >=
			     schedule.step[i - 1].at);
		}
	}
	nlab_schedule_free(&schedule);
	return 0;
}
