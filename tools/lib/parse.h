/* SPDX-License-Identifier: GPL-2.0 */
/* The part of the library that needs no kernel: errors, addresses, settings
 * and map files as text. Functions return 0 or a negative errno; the reason is
 * then in their struct nlab_err, ready to be shown.
 */
#ifndef NLAB_LIB_PARSE_H
#define NLAB_LIB_PARSE_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "digest.h"

/* Of a device, with its end: IFNAMSIZ of the kernel. */
#define NLAB_DEV_NAME	16

/* text.c: errors and words */

/**
 * enum nlab_fault - Who has to do something about an error.
 * @NLAB_FAULT_NONE: No error.
 * @NLAB_FAULT_INPUT: What the caller asked for can't be right.
 * @NLAB_FAULT_KERNEL: The kernel refused it, or a system call failed.
 * @NLAB_FAULT_ACCESS: The module is not there, or permission is missing.
 */
enum nlab_fault {
	NLAB_FAULT_NONE,
	NLAB_FAULT_INPUT,
	NLAB_FAULT_KERNEL,
	NLAB_FAULT_ACCESS,
};

#define NLAB_ERR_TEXT	1024
#define NLAB_PLACE	512

/**
 * struct nlab_err - Why something failed.
 * @fault: Who has to act.
 * @place: FILE:LINE of the file that is to blame, or empty.
 * @text: The reason, one clause without a newline.
 */
struct nlab_err {
	enum nlab_fault fault;
	char place[NLAB_PLACE];
	char text[NLAB_ERR_TEXT];
};

/**
 * struct nlab_word - Piece of a text, not terminated.
 * @str: First byte.
 * @len: Number of bytes.
 */
struct nlab_word {
	const char *str;
	size_t len;
};

/**
 * nlab_fail() - Fill an error.
 * @err: Where to.
 * @fault: Who has to act.
 * @error: Positive errno.
 * @fmt: Format of the reason.
 *
 * Return: -@error, so that a caller can end with it.
 */
int nlab_fail(struct nlab_err *err, enum nlab_fault fault, int error,
	      const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/**
 * nlab_list_grow() - Room for one more in a list.
 * @list: The list, of realloc(), or NULL.
 * @count: Number of its members.
 * @room: Number of members that there is memory for; changed.
 * @size: Bytes of one.
 *
 * Return: the list, which may have moved; NULL without memory, and then the old
 * one stays as it is.
 */
void *nlab_list_grow(void *list, size_t count, size_t *room, size_t size);

/* The word of a terminated string. */
struct nlab_word nlab_word(const char *str);
bool nlab_word_is(struct nlab_word word, const char *str);

/**
 * nlab_split() - Words of a line.
 * @word: Where to.
 * @max: How many at most; the rest of the line is left.
 * @line: The line. A '#' at the begin of a word begins a comment; elsewhere it
 *	is part of the word, so that a name may hold one.
 *
 * Return: how many there are.
 */
size_t nlab_split(struct nlab_word *word, size_t max, struct nlab_word line);

/**
 * nlab_quote() - Make a word that somebody typed fit for a message.
 * @buf: At least NLAB_QUOTED bytes.
 * @word: Any bytes.
 *
 * Return: @buf with the word in single quotes, shortened, unprintable bytes
 * replaced.
 */
#define NLAB_QUOTED	72
const char *nlab_quote(char *buf, struct nlab_word word);

/**
 * nlab_nearest() - Find what somebody may have meant.
 * @word: What was typed.
 * @names: Possible names, ends with NULL.
 *
 * Return: the name with the smallest edit distance, or NULL when none is
 * similar.
 */
const char *nlab_nearest(struct nlab_word word, const char *const *names);

/**
 * nlab_unknown() - Fill the error for a word that is none of a list.
 * @err: Where to.
 * @what: What the word stands for, "setting" for example.
 * @word: What was typed.
 * @names: What would have been right, ends with NULL.
 *
 * Return: -EINVAL.
 */
int nlab_unknown(struct nlab_err *err, const char *what, struct nlab_word word,
		 const char *const *names);

/* addr.c: prefixes and maps as text */

/**
 * struct nlab_prefix - Address prefix, host bits zero.
 * @family: AF_INET, AF_INET6, or AF_UNSPEC for none.
 * @len: Prefix length in bits.
 * @v4: Address if @family is AF_INET.
 * @v6: Address if @family is AF_INET6.
 */
struct nlab_prefix {
	uint8_t family;
	uint8_t len;
	union {
		struct in_addr v4;
		struct in6_addr v6;
	};
};

/**
 * struct nlab_map - A pair of prefixes.
 * @outside: IPv4 or IPv6 prefix.
 * @inside: IPv6 prefix.
 * @overlap: The map may lie inside, or contain, another one.
 */
struct nlab_map {
	struct nlab_prefix outside;
	struct nlab_prefix inside;
	bool overlap;
};

/**
 * struct nlab_map_stats - Counters of a map.
 * @in_packets: Packets translated to the inside address.
 * @in_bytes: IP bytes of these.
 * @out_packets: Packets translated from the inside address.
 * @out_bytes: IP bytes of these.
 * @last_used: Milliseconds since the last packet.
 * @used: There was a packet, @last_used is valid.
 */
struct nlab_map_stats {
	uint64_t in_packets;
	uint64_t in_bytes;
	uint64_t out_packets;
	uint64_t out_bytes;
	uint64_t last_used;
	bool used;
};

/* Longest text of a prefix, with its terminator. */
#define NLAB_PREFIX_TEXT	(INET6_ADDRSTRLEN + 4)

/**
 * nlab_prefix_parse() - Read ADDRESS or ADDRESS/LENGTH of either family.
 * @prefix: Result.
 * @has_len: Set to whether a length was given, may be NULL.
 * @word: The text.
 * @err: Reason of a failure.
 *
 * Return: 0 or -EINVAL.
 */
int nlab_prefix_parse(struct nlab_prefix *prefix, bool *has_len,
		      struct nlab_word word, struct nlab_err *err);

/* Read an address without a length. */
int nlab_addr_parse(struct nlab_prefix *addr, struct nlab_word word,
		    struct nlab_err *err);

/* Shorten a prefix to @len bits. Returns whether a bit was cleared by it. */
bool nlab_prefix_cut(struct nlab_prefix *prefix, uint8_t len);

/* Whether the prefix is a whole address. */
bool nlab_prefix_is_host(const struct nlab_prefix *prefix);
/* Order of prefixes: IPv4 before IPv6, by address, shorter ones first. Returns
 * less than, equal to or greater than 0.
 */
int nlab_prefix_compare(const struct nlab_prefix *a,
			const struct nlab_prefix *b);
bool nlab_prefix_equal(const struct nlab_prefix *a,
		       const struct nlab_prefix *b);

/**
 * nlab_prefix_text() - Write a prefix, a whole address without its length.
 * @buf: At least NLAB_PREFIX_TEXT bytes.
 * @prefix: What to write.
 *
 * Return: @buf.
 */
const char *nlab_prefix_text(char *buf, const struct nlab_prefix *prefix);

/* The same, always with the length. */
const char *nlab_prefix_full_text(char *buf, const struct nlab_prefix *prefix);

/**
 * nlab_map_parse() - Read a map and check what RFC 7757 asks of it.
 * @map: Result; @map->overlap is cleared.
 * @outside: First word.
 * @inside: Second word.
 * @err: Reason of a failure.
 *
 * Return: 0 or -EINVAL.
 */
int nlab_map_parse(struct nlab_map *map, struct nlab_word outside,
		   struct nlab_word inside, struct nlab_err *err);

/* setting.c: settings of the translator as text */

/**
 * enum nlab_key - Settings, in the order in which they are shown.
 * @NLAB_KEYS: Number of settings.
 */
enum nlab_key {
	NLAB_KEY_PREFIX,
	NLAB_KEY_MODE,
	NLAB_KEY_LOWEST_IPV6_MTU,
	NLAB_KEY_UDP_ZERO_CHECKSUM,
	NLAB_KEY_ERROR_POOL4,
	NLAB_KEY_ERROR_POOL4_SELECT,
	NLAB_KEY_ERROR_POOL6,
	NLAB_KEY_HAIRPIN,
	NLAB_KEY_TOS,
	NLAB_KEY_PRIORITY,
	NLAB_KEY_LOCAL,
	NLAB_KEY_ICMP_ERRORS,
	NLAB_KEY_WKP_STRICT,
	NLAB_KEY_PREFER_NATIVE,
	NLAB_KEY_ERROR_SOURCE,
	NLAB_KEYS,
};

/**
 * enum nlab_kind - What the value of a setting is.
 * @NLAB_KIND_PREFIX: RFC 6052 prefix, or none.
 * @NLAB_KIND_POOL4: IPv4 prefix, or none.
 * @NLAB_KIND_ADDR6: IPv6 address, or none.
 * @NLAB_KIND_ENUM: One of a list of names.
 * @NLAB_KIND_BOOL: on or off.
 * @NLAB_KIND_NUMBER: Integer.
 * @NLAB_KIND_TOS: copy, or an octet.
 */
enum nlab_kind {
	NLAB_KIND_PREFIX,
	NLAB_KIND_POOL4,
	NLAB_KIND_ADDR6,
	NLAB_KIND_ENUM,
	NLAB_KIND_BOOL,
	NLAB_KIND_NUMBER,
	NLAB_KIND_TOS,
};

/**
 * struct nlab_setting - Value of one setting; its kind says which member.
 * @set: The value was given, or read.
 * @number: Enumerations, booleans, numbers and tos.
 * @prefix: Prefixes and addresses; family AF_UNSPEC stands for none.
 */
struct nlab_setting {
	bool set;
	int32_t number;
	struct nlab_prefix prefix;
};

/**
 * struct nlab_xlat - Settings of the translator, or those to change.
 * @key: Settings by enum nlab_key.
 * @maps: Number of maps, when read.
 * @generation: Counter of changes, when read.
 * @identity: Which maps they are, when read.
 */
struct nlab_xlat {
	struct nlab_setting key[NLAB_KEYS];
	uint32_t maps;
	uint64_t generation;
	struct nlab_identity identity;
};

/* Longest text of a value, with its terminator. */
#define NLAB_VALUE_TEXT		64

/* Name of a setting, as in the protocol's specification. */
const char *nlab_key_name(enum nlab_key key);
enum nlab_kind nlab_key_kind(enum nlab_key key);
/* Words that may stand for a value, ends with NULL; may be empty. */
const char *const *nlab_key_words(enum nlab_key key);
/* Placeholder for other values ("PREFIX"), or NULL when only words do. */
const char *nlab_key_placeholder(enum nlab_key key);
/* All names of settings, ends with NULL. */
const char *const *nlab_key_names(void);

/**
 * nlab_xlat_parse() - Read one setting; giving it twice is an error.
 * @xlat: The setting is added to these.
 * @key: Name of the setting.
 * @value: Its value.
 * @err: Reason of a failure.
 *
 * Return: 0 or -EINVAL.
 */
int nlab_xlat_parse(struct nlab_xlat *xlat, struct nlab_word key,
		    struct nlab_word value, struct nlab_err *err);

/* Write the value of a setting into NLAB_VALUE_TEXT bytes. Returns @buf. */
const char *nlab_xlat_text(char *buf, const struct nlab_xlat *xlat,
			   enum nlab_key key);

/* line.c: one line of a map file */

/**
 * enum nlab_line_kind - What a line of a map file says.
 * @NLAB_LINE_EMPTY: Nothing, or a comment.
 * @NLAB_LINE_MAP: A map.
 * @NLAB_LINE_SET: Settings.
 * @NLAB_LINE_INCLUDE: The name of another file.
 * @NLAB_LINE_VERSION: The version of the maps.
 * @NLAB_LINE_DIGEST: The digest that they must have.
 */
enum nlab_line_kind {
	NLAB_LINE_EMPTY,
	NLAB_LINE_MAP,
	NLAB_LINE_SET,
	NLAB_LINE_INCLUDE,
	NLAB_LINE_VERSION,
	NLAB_LINE_DIGEST,
};

/**
 * struct nlab_line - Parsed line.
 * @kind: Which of the others is valid.
 * @map: The map.
 * @include: Name of the file, points into the line.
 * @identity: Version or digest.
 */
struct nlab_line {
	enum nlab_line_kind kind;
	struct nlab_map map;
	struct nlab_word include;
	struct nlab_identity identity;
};

/**
 * nlab_line_parse() - Parse one line, our format or that of map646.conf.
 * @line: Result.
 * @xlat: Settings that the line makes are added to these.
 * @text: The line, with or without its end.
 * @err: Reason of a failure.
 *
 * Context: reads only @text, no I/O, no allocation.
 * Return: 0 or -EINVAL.
 */
int nlab_line_parse(struct nlab_line *line, struct nlab_xlat *xlat,
		    struct nlab_word text, struct nlab_err *err);

/* mapset.c: a map file with the files that it includes */

/**
 * struct nlab_place - Where something stands.
 * @file: Index of the file.
 * @line: Line in it, from 1; 0 means nowhere.
 */
struct nlab_place {
	uint32_t file;
	uint32_t line;
};

/**
 * struct nlab_mapset - Content of a map file.
 * @maps: The maps, in the order of the file.
 * @places: Where each of @maps stands.
 * @count: Number of @maps.
 * @room: Number of maps that there is memory for.
 * @identity: Version that the file gives them, and their digest.
 * @xlat: Settings that the file makes.
 * @set_places: Where each of the settings stands.
 * @files: Names of the files read.
 * @file_count: Number of @files.
 */
struct nlab_mapset {
	struct nlab_map *maps;
	struct nlab_place *places;
	size_t count;
	size_t room;
	struct nlab_identity identity;
	struct nlab_xlat xlat;
	struct nlab_place set_places[NLAB_KEYS];
	char **files;
	size_t file_count;
};

/**
 * nlab_mapset_read() - Read a map file and what it includes.
 * @set: Result, to be freed in any case.
 * @path: Name of the file; "-" is standard input.
 * @err: Reason of a failure, with its place.
 *
 * Prefixes that are equal or inside others are found here, because only here
 * both places are known.
 *
 * Return: 0 or a negative errno.
 */
int nlab_mapset_read(struct nlab_mapset *set, const char *path,
		     struct nlab_err *err);
void nlab_mapset_free(struct nlab_mapset *set);

/* Write FILE:LINE of a place into the error. */
void nlab_mapset_blame(const struct nlab_mapset *set, struct nlab_place place,
		       struct nlab_err *err);

#endif
