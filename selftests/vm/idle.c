// SPDX-License-Identifier: GPL-2.0
/*
 * What a guest with a virtual clock computes when there is nothing else: the clock
 * counts instructions, so it must go on while everybody waits. If it skipped that
 * time instead, each wait for the host's files would last to the next timer.
 * Emulated, a plain loop runs faster than that clock.
 */
int main(void)
{
	volatile unsigned long result;
	unsigned long mix = 1;
	unsigned int i;

	for (;;) {
		for (i = 0; i < 1000000; i++) {
			mix = mix * 3 + i;
			mix ^= mix >> 7;
			mix += i << 3;
			mix ^= mix << 5;
			mix += 11;
			mix ^= mix >> 3;
		}
		result = mix;
	}
	return (int)result;
}
