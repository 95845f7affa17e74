// SPDX-License-Identifier: GPL-2.0
/* Numbers, rates, times and probabilities with their units. Pure. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "linktext.h"

enum {
	NUMBER_TEXT = 32,
	CHANCE_DIGITS = 12,
};

struct unit {
	const char *name;
	uint64_t factor;
};

/* The largest first, for output. */
static const struct unit rate_units[] = {
	{ "tbit", 1000000000000 }, { "gbit", 1000000000 },
	{ "mbit", 1000000 }, { "kbit", 1000 }, { "bit", 1 }, { NULL, 0 },
};
static const struct unit time_units[] = {
	{ "s", 1000000000 }, { "ms", 1000000 }, { "us", 1000 }, { "ns", 1 },
	{ NULL, 0 },
};

bool nlab_number_split(struct nlab_word value, long double *number,
		       struct nlab_word *rest)
{
	size_t len = 0, dots = 0;
	char buf[NUMBER_TEXT];

	while (len < value.len &&
	       (strchr("0123456789", value.str[len]) || value.str[len] == '.'))
		dots += value.str[len++] == '.';
	if (!len || len == dots || dots > 1 || len >= sizeof(buf))
		return false;
	memcpy(buf, value.str, len);
	buf[len] = '\0';
	*number = strtold(buf, NULL);
	*rest = (struct nlab_word){ value.str + len, value.len - len };
	return true;
}

/* Only zero needs no unit, unless the last unit may be left out. */
static bool parse_units(uint64_t *to, struct nlab_word value,
			const struct unit *unit, bool plain, uint64_t max)
{
	struct nlab_word rest;
	long double number;

	if (!nlab_number_split(value, &number, &rest))
		return false;
	if (!rest.len && (plain || number == 0))
		rest = nlab_word(plain ? "bit" : "ns");
	while (unit->name && !nlab_word_is(rest, unit->name))
		unit++;
	if (!unit->name)
		return false;
	number = number * (long double)unit->factor + 0.5L;
	if (number >= (long double)max + 1)
		return false;
	*to = (uint64_t)number;
	return true;
}

bool nlab_rate_parse(uint64_t *rate, struct nlab_word value, uint64_t max)
{
	return parse_units(rate, value, rate_units, true, max);
}

bool nlab_time_parse(uint64_t *ns, struct nlab_word value, uint64_t max)
{
	return parse_units(ns, value, time_units, false, max);
}

static char *units_text(char *buf, uint64_t value, const struct unit *unit)
{
	if (!value)
		while (unit[1].name)
			unit++;
	else
		while (value % unit->factor)
			unit++;
	snprintf(buf, NLAB_VALUE_TEXT, "%" PRIu64 "%s", value / unit->factor,
		 unit->name);
	return buf;
}

char *nlab_rate_text(char *buf, uint64_t rate)
{
	return units_text(buf, rate, rate_units);
}

char *nlab_time_text(char *buf, uint64_t ns)
{
	return units_text(buf, ns, time_units);
}

bool nlab_chance_parse(uint64_t *to, struct nlab_word value)
{
	struct nlab_word rest;
	long double number;

	if (!nlab_number_split(value, &number, &rest) || number > 100 ||
	    !(nlab_word_is(rest, "%") || (!rest.len && number == 0)))
		return false;
	number = number / 100 * 4294967296.0L + 0.5L;
	*to = number >= (long double)UINT32_MAX ? UINT32_MAX :
						  (uint64_t)number;
	return true;
}

/* As few digits as tell it from its neighbours. */
void nlab_chance_text(char *buf, uint64_t value)
{
	long double percent = (long double)value / 4294967296.0L * 100;
	uint64_t back = value + 1;
	int digits;

	if (value == UINT32_MAX)
		percent = 100;
	for (digits = 1; digits <= CHANCE_DIGITS && back != value; digits++) {
		snprintf(buf, NLAB_VALUE_TEXT, "%.*Lf", digits - 1, percent);
		strcat(buf, "%");
		if (!nlab_chance_parse(&back, nlab_word(buf)))
			break;
	}
}

bool nlab_whole_parse(uint64_t *to, struct nlab_word value, bool is_signed,
		      uint64_t max)
{
	bool minus = is_signed && value.len && value.str[0] == '-';
	uint64_t sum = 0;
	size_t i;

	if (value.len == minus)
		return false;
	for (i = minus; i < value.len; i++) {
		unsigned int digit = (unsigned int)(value.str[i] - '0');

		if (digit > 9 || sum > (max - digit) / 10)
			return false;
		sum = sum * 10 + digit;
	}
	*to = minus ? -sum : sum;
	return true;
}

struct nlab_word nlab_cut(struct nlab_word *rest, char separator)
{
	const char *at = memchr(rest->str, separator, rest->len);
	struct nlab_word word = *rest;

	if (at)
		word.len = (size_t)(at - rest->str);
	rest->str += word.len + !!at;
	rest->len -= word.len + !!at;
	return word;
}
