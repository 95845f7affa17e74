/* SPDX-License-Identifier: GPL-2.0 */
/* Just enough of a test harness: named cases, expectations, KTAP on stdout. */
#ifndef NLAB_UNIT_HARNESS_H
#define NLAB_UNIT_HARNESS_H

#include <stdbool.h>
#include <stdio.h>

struct unit_case {
	const char *name;
	void (*run)(void);
};

/* A loop over 65536 values must not print as many lines. */
enum { UNIT_MAX_MESSAGES = 8 };

static unsigned int unit_failures;

static inline bool unit_expect(bool ok, const char *file, int line,
			       const char *what, long long got, long long want)
{
	if (ok)
		return true;
	if (unit_failures++ < UNIT_MAX_MESSAGES)
		printf("# %s:%d: %s: got %lld (0x%llx), want %lld (0x%llx)\n",
		       file, line, what, got, got, want, want);
	return false;
}

#define EXPECT(cond) \
	unit_expect(cond, __FILE__, __LINE__, #cond, 0, 1)

#define EXPECT_EQ(got, want)                                            \
	({                                                              \
		long long unit_got = (got), unit_want = (want);         \
		unit_expect(unit_got == unit_want, __FILE__, __LINE__,  \
			    #got, unit_got, unit_want);                 \
	})

/* Shows which entry of a table an expectation failed for. */
#define EXPECT_OR(cond, ...)                                            \
	do {                                                            \
		if (!EXPECT(cond) &&                                    \
		    unit_failures <= UNIT_MAX_MESSAGES) {               \
			printf("#   at ");                              \
			printf(__VA_ARGS__);                            \
			printf("\n");                                   \
		}                                                       \
	} while (0)

static inline int unit_run(const struct unit_case *cases, unsigned int n)
{
	unsigned int i, failed = 0;

	printf("TAP version 13\n1..%u\n", n);
	for (i = 0; i < n; i++) {
		unit_failures = 0;
		cases[i].run();
		if (unit_failures)
			failed++;
		printf("%sok %u - %s\n", unit_failures ? "not " : "", i + 1,
		       cases[i].name);
		fflush(stdout);
	}
	return failed != 0;
}

#define UNIT_MAIN(cases)                                                \
	int main(void)                                                  \
	{                                                               \
		return unit_run(cases, sizeof(cases) / sizeof((cases)[0])); \
	}

#endif
