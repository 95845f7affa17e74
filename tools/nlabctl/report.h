/* SPDX-License-Identifier: GPL-2.0 */
/* What the links of a lab measured, for report.c and reporthtml.c. */
#ifndef NLABCTL_REPORT_H
#define NLABCTL_REPORT_H

#include "../lab/lab.h"

/**
 * struct report_dir - One direction of a link.
 * @from: Its device, @to that at the other end.
 * @params: Of now, which may be others than in the file.
 */
struct report_dir {
	const struct lab_end *from, *to;
	const struct nlab_link_dir *params;
	const struct nlab_link_counts *counts;
};

/**
 * struct report - All of them.
 * @late: Sum of their histograms.
 */
struct report {
	const struct lab *lab;
	struct report_dir *dir;
	size_t count;
	uint64_t late[NLAB_LATE_BUCKETS];
};

/* Of packets later than all that is told apart. */
#define REPORT_NO_END	UINT64_MAX
/* Upper bound of a bucket, in nanoseconds. */
uint64_t report_late_end(unsigned int bucket);
/* Below how many nanoseconds a part of the packets was late, in percent. */
uint64_t report_late(const uint64_t *late, unsigned int percent);
uint64_t report_late_count(const uint64_t *late);
/* Parameters that are no defaults, "" for none, in NLAB_LINK_TEXT * 4 bytes. */
#define REPORT_PARAMS	(4 * NLAB_LINK_TEXT)
const char *report_params(char *buf, const struct nlab_link_dir *params);
/* "65.5 us" or "more than 1.07 s", in REPORT_TIME bytes. */
#define REPORT_TIME	32
const char *report_time(char *buf, uint64_t ns);
/* "below 65.5 us" */
const char *report_below(char *buf, uint64_t ns);

/* reporthtml.c */
void report_html(FILE *file, const struct report *report);

#endif
