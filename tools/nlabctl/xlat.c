// SPDX-License-Identifier: GPL-2.0
/* set-xlat and show-xlat. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "cmd.h"

enum {
	NAME_WIDTH = 20,
};

int cmd_set_xlat(struct ctx *ctx, int argc, char **argv)
{
	struct nlab_xlat xlat = { 0 };
	int i, ret;

	for (i = 0; i + 1 < argc; i += 2) {
		ret = nlab_xlat_parse(&xlat, nlab_word(argv[i]),
				      nlab_word(argv[i + 1]), &ctx->err);
		if (ret)
			return ret;
	}
	if (i < argc)
		return nlab_fail(&ctx->err, NLAB_FAULT_INPUT, EINVAL,
				 "setting '%s' has no value", argv[i]);
	ret = ctx_connect(ctx);
	return ret ? ret : nlab_xlat_set(ctx->nl, &xlat, &ctx->err);
}

int cmd_show_xlat(struct ctx *ctx, int argc, char **argv)
{
	char value[NLAB_VALUE_TEXT], digest[NLAB_DIGEST_TEXT];
	struct nlab_xlat xlat;
	unsigned int key;
	int ret;

	(void)argc;
	(void)argv;
	ret = ctx_connect(ctx);
	if (!ret)
		ret = nlab_xlat_get(ctx->nl, &xlat, &ctx->err);
	if (ret)
		return ret;
	if (ctx->opt.json) {
		out_json(ctx, json_xlat(&xlat));
		return 0;
	}
	for (key = 0; key < NLAB_KEYS; key++)
		printf("%-*s %s\n", NAME_WIDTH, nlab_key_name(key),
		       nlab_xlat_text(value, &xlat, key));
	printf("%-*s %u\n%-*s %" PRIu64 "\n", NAME_WIDTH, "maps", xlat.maps,
	       NAME_WIDTH, "generation", xlat.generation);
	printf("%-*s %s\n%-*s %s\n", NAME_WIDTH, "maps-version",
	       nlab_version_text(value, xlat.identity.version), NAME_WIDTH,
	       "maps-digest", nlab_digest_text(digest, &xlat.identity.digest));
	return 0;
}
