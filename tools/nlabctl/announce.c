// SPDX-License-Identifier: GPL-2.0
/* set-announce, show-announce, drain and undrain. */
#include <errno.h>
#include <stdio.h>

#include "cmd.h"

enum {
	NAME_WIDTH = 11,
	/* An agent that was silent for longer is reported as missing. */
	AGENT_AGE_MAX = 3000,
};

int cmd_set_announce(struct ctx *ctx, int argc, char **argv)
{
	struct nlab_announce ann = { .set = 0 };
	int i, ret;

	for (i = 0; i + 1 < argc; i += 2) {
		ret = nlab_announce_parse(&ann, nlab_word(argv[i]),
					  nlab_word(argv[i + 1]), &ctx->err);
		if (ret)
			return ret;
	}
	if (i < argc)
		return nlab_fail(&ctx->err, NLAB_FAULT_INPUT, EINVAL,
				 "setting '%s' has no value", argv[i]);
	ret = ctx_connect(ctx);
	return ret ? ret : nlab_announce_set(ctx->nl, &ann, &ctx->err);
}

static bool has_agent(const struct nlab_announce *ann)
{
	return ann->has_agent && ann->agent_age <= AGENT_AGE_MAX;
}

json_t *json_announce(const struct nlab_announce *ann)
{
	json_t *object = json_object(), *prefixes = json_array();
	json_t *uplinks = json_array(), *reasons = json_array();
	char buf[NLAB_PREFIX_TEXT], digest[NLAB_DIGEST_TEXT];
	unsigned int i;

	for (i = 0; i < ann->prefixes; i++)
		json_array_append_new(prefixes, json_string(
			nlab_prefix_full_text(buf, &ann->prefix[i])));
	for (i = 0; i < ann->uplinks; i++)
		json_array_append_new(uplinks, json_string(ann->uplink[i]));
	for (i = 0; nlab_announce_reason_name(i); i++)
		if (ann->reasons & 1U << i)
			json_array_append_new(reasons, json_string(
				nlab_announce_reason_name(i)));
	out_set(object, "announced", json_boolean(ann->up));
	out_set(object, "reasons", reasons);
	out_set(object, "drained", json_boolean(ann->drained));
	out_set(object, "healthy", json_boolean(ann->healthy));
	out_set(object, "agent-age", ann->has_agent ?
		json_integer(ann->agent_age) : json_null());
	out_set_text(object, "device", ann->device);
	out_set_text(object, "form", nlab_announce_form_name(ann->form));
	out_set(object, "prefix", prefixes);
	out_set(object, "uplink", uplinks);
	if (ann->probe.v4.s_addr)
		out_set_text(object, "probe",
			     nlab_prefix_text(buf, &ann->probe));
	else
		out_set(object, "probe", json_null());
	out_set_number(object, "interval", ann->interval);
	out_set_number(object, "fall", ann->fall);
	out_set_number(object, "hold", ann->hold);
	if (ann->has_digest)
		out_set_text(object, "maps-digest",
			     nlab_digest_text(digest, &ann->digest));
	else
		out_set(object, "maps-digest", json_null());
	return object;
}

void text_announce_state(FILE *file, const struct nlab_announce *ann)
{
	const char *before = ": ";
	unsigned int i;

	fputs(ann->up ? "announced" : "withdrawn", file);
	for (i = 0; nlab_announce_reason_name(i); i++) {
		if (!(ann->reasons & 1U << i))
			continue;
		fprintf(file, "%s%s", before, nlab_announce_reason_name(i));
		before = ", ";
	}
}

static void print_lists(const struct nlab_announce *ann)
{
	char buf[NLAB_PREFIX_TEXT];
	unsigned int i;

	printf("%-*s ", NAME_WIDTH, "prefix");
	for (i = 0; i < ann->prefixes; i++)
		printf("%s%s", i ? "," : "",
		       nlab_prefix_full_text(buf, &ann->prefix[i]));
	printf("%s\n%-*s ", i ? "" : "none", NAME_WIDTH, "uplink");
	for (i = 0; i < ann->uplinks; i++)
		printf("%s%s", i ? "," : "", ann->uplink[i]);
	puts(i ? "" : "none");
}

int cmd_show_announce(struct ctx *ctx, int argc, char **argv)
{
	char buf[NLAB_PREFIX_TEXT], digest[NLAB_DIGEST_TEXT];
	struct nlab_announce ann;
	int ret;

	(void)argc;
	(void)argv;
	ret = ctx_connect(ctx);
	if (!ret)
		ret = nlab_announce_get(ctx->nl, &ann, &ctx->err);
	if (ret)
		return ret;
	if (ctx->opt.json) {
		out_json(ctx, json_announce(&ann));
		return 0;
	}
	printf("%-*s ", NAME_WIDTH, "state");
	text_announce_state(stdout, &ann);
	printf("\n%-*s %s\n", NAME_WIDTH, "agent", has_agent(&ann) ?
	       "running" : "not running");
	printf("%-*s %s\n%-*s %s\n", NAME_WIDTH, "device", ann.device,
	       NAME_WIDTH, "form", nlab_announce_form_name(ann.form));
	print_lists(&ann);
	printf("%-*s %s\n%-*s %u\n%-*s %u\n%-*s %u\n", NAME_WIDTH, "probe",
	       ann.probe.v4.s_addr ? nlab_prefix_text(buf, &ann.probe) : "none",
	       NAME_WIDTH, "interval", ann.interval, NAME_WIDTH, "fall",
	       ann.fall, NAME_WIDTH, "hold", ann.hold);
	printf("%-*s %s\n", NAME_WIDTH, "maps-digest", ann.has_digest ?
	       nlab_digest_text(digest, &ann.digest) : "none");
	return 0;
}

int cmd_drain(struct ctx *ctx, int argc, char **argv)
{
	int ret = ctx_connect(ctx);

	(void)argc;
	(void)argv;
	return ret ? ret : nlab_announce_drain(ctx->nl, true, &ctx->err);
}

int cmd_undrain(struct ctx *ctx, int argc, char **argv)
{
	int ret = ctx_connect(ctx);

	(void)argc;
	(void)argv;
	return ret ? ret : nlab_announce_drain(ctx->nl, false, &ctx->err);
}
