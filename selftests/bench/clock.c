// SPDX-License-Identifier: GPL-2.0
/*
 * clock_gettime(2) for programs of a User Mode Linux guest, by LD_PRELOAD.
 *
 * On a machine it makes no system call (vdso(7)); in such a guest it does, and
 * of ospfd's seven of eight ask for the time. What was read is told again for so
 * many ticks of the processor, some 0.1 ms: daemons of routing protocols do not
 * count by less.
 */
#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include <x86intrin.h>

enum {
	/* realtime, monotonic, time of the process and of the thread */
	CLOCKS = 4,
	TICKS = 200000,
};

struct reading {
	uint64_t ticks;
	struct timespec time;
};

int clock_gettime(clockid_t id, struct timespec *time)
{
	static _Thread_local struct reading readings[CLOCKS];
	struct reading *r = id >= 0 && id < CLOCKS ? &readings[id] : NULL;
	uint64_t now = __rdtsc();
	int ret;

	if (r && r->ticks && now - r->ticks < TICKS) {
		*time = r->time;
		return 0;
	}
	ret = syscall(SYS_clock_gettime, id, time);
	if (r && !ret) {
		r->ticks = now;
		r->time = *time;
	}
	return ret;
}
