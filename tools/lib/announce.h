/* SPDX-License-Identifier: GPL-2.0 */
/* announce.c: whether the node is announced as a translator. */
#ifndef NLAB_LIB_ANNOUNCE_H
#define NLAB_LIB_ANNOUNCE_H

#include <stdbool.h>
#include <stdint.h>

#include "parse.h"

struct nlab;

enum {
	NLAB_ANNOUNCE_PREFIXES = 64,
	NLAB_ANNOUNCE_UPLINKS = 8,
};

/* Settings, in the order in which they are shown. */
enum nlab_announce_key {
	NLAB_ANNOUNCE_DEVICE,
	NLAB_ANNOUNCE_FORM,
	NLAB_ANNOUNCE_PREFIX,
	NLAB_ANNOUNCE_UPLINK,
	NLAB_ANNOUNCE_PROBE,
	NLAB_ANNOUNCE_INTERVAL,
	NLAB_ANNOUNCE_FALL,
	NLAB_ANNOUNCE_HOLD,
	NLAB_ANNOUNCE_DIGEST,
	NLAB_ANNOUNCE_KEYS,
};

/**
 * struct nlab_announce - Announcement of the node.
 * @set: To be changed, a bit for each enum nlab_announce_key.
 * @device: The anchor.
 * @form: enum nlab_announce_form.
 * @prefix: What is announced.
 * @prefixes: Number of these.
 * @uplink: Devices that must have a carrier.
 * @uplinks: Number of these.
 * @probe: Source of the probes, 0.0.0.0 for none.
 * @interval: Milliseconds between probes.
 * @fall: Lost probes in a row that count.
 * @hold: Milliseconds of health before the node is announced.
 * @has_digest: The maps must have @digest.
 * @digest: That of the maps that are expected.
 * @drained: Withdrawn by the administrator.
 * @healthy: Verdict of the agent.
 * @up: The anchors have a carrier.
 * @reasons: Why not, a bit for each enum nlab_announce_reason.
 * @has_agent: There was a verdict, @agent_age is valid.
 * @agent_age: Milliseconds since.
 */
struct nlab_announce {
	uint32_t set;
	char device[NLAB_DEV_NAME];
	uint32_t form;
	struct nlab_prefix prefix[NLAB_ANNOUNCE_PREFIXES];
	unsigned int prefixes;
	char uplink[NLAB_ANNOUNCE_UPLINKS][NLAB_DEV_NAME];
	unsigned int uplinks;
	struct nlab_prefix probe;
	uint32_t interval;
	uint32_t fall;
	uint32_t hold;
	bool has_digest;
	struct nlab_digest digest;
	bool drained;
	bool healthy;
	bool up;
	uint32_t reasons;
	bool has_agent;
	uint32_t agent_age;
};

/* An IPv4 or IPv6 packet. */
struct nlab_packet {
	const void *data;
	size_t len;
};

const char *nlab_announce_key_name(enum nlab_announce_key key);
/* Words that a value may be, ends with NULL, and what else it may be. */
const char *const *nlab_announce_key_words(enum nlab_announce_key key);
const char *nlab_announce_key_placeholder(enum nlab_announce_key key);
/* Read one setting as text; each at most once. */
int nlab_announce_parse(struct nlab_announce *ann, struct nlab_word name,
			struct nlab_word value, struct nlab_err *err);
int nlab_announce_get(struct nlab *nl, struct nlab_announce *ann,
		      struct nlab_err *err);
/* Change the settings that are set in @ann. */
int nlab_announce_set(struct nlab *nl, const struct nlab_announce *ann,
		      struct nlab_err *err);
int nlab_announce_drain(struct nlab *nl, bool drained, struct nlab_err *err);
/* The agent's verdict, with bits of enum nlab_announce_reason. */
int nlab_announce_verdict(struct nlab *nl, bool healthy, uint32_t faults,
			  struct nlab_err *err);
/* Have packets received at the anchor, -ENOBUFS if there was no room. */
int nlab_announce_probe(struct nlab *nl, const struct nlab_packet *packet,
			unsigned int packets, struct nlab_err *err);
const char *nlab_announce_form_name(uint32_t form);
/* Name of a reason, NULL behind the last. */
const char *nlab_announce_reason_name(unsigned int number);

#endif
