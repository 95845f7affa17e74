/* SPDX-License-Identifier: GPL-2.0 */
/* Parameters of links as text. Pure. */
#ifndef NLAB_LIB_LINKTEXT_H
#define NLAB_LIB_LINKTEXT_H

#include "parse.h"

/**
 * enum nlab_link_key - Parameters of one direction, in the order in which
 * they are shown.
 */
enum nlab_link_key {
	NLAB_LINK_RATE,
	NLAB_LINK_OVERHEAD,
	NLAB_LINK_CELL_SIZE,
	NLAB_LINK_CELL_OVERHEAD,
	NLAB_LINK_LIMIT_PACKETS,
	NLAB_LINK_LIMIT_BYTES,
	NLAB_LINK_DELAY,
	NLAB_LINK_JITTER,
	NLAB_LINK_DISTRIBUTION,
	NLAB_LINK_ORDER,
	NLAB_LINK_LOSS,
	NLAB_LINK_GE_ENTER,
	NLAB_LINK_GE_LEAVE,
	NLAB_LINK_GE_LOSS,
	NLAB_LINK_DUPLICATE,
	NLAB_LINK_CORRUPT,
	NLAB_LINK_REORDER,
	NLAB_LINK_SEED,
	NLAB_LINK_JITTER_CORRELATION,
	NLAB_LINK_MARKOV_13,
	NLAB_LINK_MARKOV_14,
	NLAB_LINK_MARKOV_31,
	NLAB_LINK_MARKOV_32,
	NLAB_LINK_MARKOV_23,
	NLAB_LINK_LOSS_PATTERN,
	NLAB_LINK_LOSS_LIST,
	NLAB_LINK_CODEL_TARGET,
	NLAB_LINK_CODEL_INTERVAL,
	NLAB_LINK_ECN,
	NLAB_LINK_RED_MIN,
	NLAB_LINK_RED_MAX,
	NLAB_LINK_RED_CHANCE,
	NLAB_LINK_SLOT_DELAY,
	NLAB_LINK_SLOT_JITTER,
	NLAB_LINK_SLOT_DISTRIBUTION,
	NLAB_LINK_SLOT_PACKETS,
	NLAB_LINK_SLOT_BYTES,
	NLAB_LINK_KEYS,
};

/**
 * enum nlab_link_kind - What the value of a parameter is.
 * @NLAB_LINK_KIND_RATE: Bits a second.
 * @NLAB_LINK_KIND_TIME: Nanoseconds.
 * @NLAB_LINK_KIND_CHANCE: Probability in units of 2^-32, UINT32_MAX is one.
 * @NLAB_LINK_KIND_NUMBER: Number without a sign.
 * @NLAB_LINK_KIND_SIGNED: Number with a sign.
 * @NLAB_LINK_KIND_ENUM: Number of a word.
 * @NLAB_LINK_KIND_PATTERN: Text of 0 and 1, its length is the value.
 * @NLAB_LINK_KIND_LIST: Ranges of numbers, how many is the value.
 */
enum nlab_link_kind {
	NLAB_LINK_KIND_RATE,
	NLAB_LINK_KIND_TIME,
	NLAB_LINK_KIND_CHANCE,
	NLAB_LINK_KIND_NUMBER,
	NLAB_LINK_KIND_SIGNED,
	NLAB_LINK_KIND_ENUM,
	NLAB_LINK_KIND_PATTERN,
	NLAB_LINK_KIND_LIST,
};

/**
 * struct nlab_link_dir - Parameters of one direction.
 * @value: By key; a value with a sign is cast. Of a pattern or list, its number
 *	of bits or ranges with a hash above it, so that others have others.
 * @set: The key has one.
 * @pattern: Of losses.
 * @list: Lost packets, the first and last of each range.
 */
#define NLAB_LINK_PATTERN	256
#define NLAB_LINK_RANGES	16
struct nlab_link_dir {
	uint64_t value[NLAB_LINK_KEYS];
	bool set[NLAB_LINK_KEYS];
	char pattern[NLAB_LINK_PATTERN + 1];
	uint32_t list[NLAB_LINK_RANGES][2];
};

enum {
	/* Bits of a value that are the number. */
	NLAB_LINK_COUNT = 16,
};

/* Number of bits or ranges of a value. */
static inline unsigned int nlab_link_count(uint64_t value)
{
	return (unsigned int)(value & ((1U << NLAB_LINK_COUNT) - 1));
}

/* The value of a pattern or list of @count in @len bytes. */
uint64_t nlab_link_hash(const void *data, size_t len, size_t count);

/* Bytes for the value of any parameter as text. */
#define NLAB_LINK_TEXT		512

/* unit.c */

/* Splits "1.5mbit" into a number and the rest; false if it has no number. */
bool nlab_number_split(struct nlab_word value, long double *number,
		       struct nlab_word *rest);
/* Bits a second; false if it is none, or larger than @max. */
bool nlab_rate_parse(uint64_t *rate, struct nlab_word value, uint64_t max);
/* Nanoseconds. */
bool nlab_time_parse(uint64_t *ns, struct nlab_word value, uint64_t max);
/* As text that these read, in NLAB_VALUE_TEXT bytes; returns @buf. */
char *nlab_rate_text(char *buf, uint64_t rate);
char *nlab_time_text(char *buf, uint64_t ns);
/* In units of 2^-32, "27.1%"; UINT32_MAX is one. */
bool nlab_chance_parse(uint64_t *to, struct nlab_word value);
void nlab_chance_text(char *buf, uint64_t value);
bool nlab_whole_parse(uint64_t *to, struct nlab_word value, bool is_signed,
		      uint64_t max);
/* Takes the word up to the separator, or the end, out of *rest. */
struct nlab_word nlab_cut(struct nlab_word *rest, char separator);

/* linktext.c */

/* The attribute that stands for it. */
unsigned int nlab_link_key_attr(enum nlab_link_key key);

const char *nlab_link_key_name(enum nlab_link_key key);
enum nlab_link_kind nlab_link_key_kind(enum nlab_link_key key);
/* Words that may be the value, ends with NULL. */
const char *const *nlab_link_key_words(enum nlab_link_key key);
/* What stands in the usage for a value that is typed, or NULL. */
const char *nlab_link_key_placeholder(enum nlab_link_key key);
/* Names of all keys, ends with NULL. */
const char *const *nlab_link_key_names(void);
/* What a new link has; its seed is another each time. */
uint64_t nlab_link_default(enum nlab_link_key key);
/* Is this what a new link has? */
bool nlab_link_is_default(const struct nlab_link_dir *dir,
			  enum nlab_link_key key);

/**
 * nlab_link_parse() - Set one parameter.
 * @dir: Where to.
 * @key: Name of the parameter.
 * @value: Its value with its unit.
 * @err: Reason of a failure.
 *
 * Return: 0 or a negative errno.
 */
int nlab_link_parse(struct nlab_link_dir *dir, struct nlab_word key,
		    struct nlab_word value, struct nlab_err *err);

/* Directions of a link, as bits. */
enum {
	NLAB_LINK_OUT = 1,
	NLAB_LINK_IN = 2,
	NLAB_LINK_BOTH = NLAB_LINK_OUT | NLAB_LINK_IN,
};

/**
 * nlab_link_parse_pair() - Set one parameter of a link.
 * @dir: Both directions, out and in.
 * @which: Directions that it is of; "dir" as the key changes that.
 * @key: Name of the parameter, or "dir".
 * @value: Its value with its unit.
 * @err: Reason of a failure.
 *
 * Return: 0 or a negative errno.
 */
int nlab_link_parse_pair(struct nlab_link_dir dir[2], unsigned int *which,
			 struct nlab_word key, struct nlab_word value,
			 struct nlab_err *err);
/* Value as text that nlab_link_parse() reads; buf has NLAB_LINK_TEXT bytes. */
const char *nlab_link_text(char *buf, const struct nlab_link_dir *dir,
			   enum nlab_link_key key);

#endif
