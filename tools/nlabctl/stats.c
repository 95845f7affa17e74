// SPDX-License-Identifier: GPL-2.0
/* show-stats. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cmd.h"

static void show_json(const struct ctx *ctx, const struct nlab_stats *stats)
{
	json_t *object = json_object();
	unsigned int i;

	for (i = NLAB_A_STATS_PAD + 1; i <= NLAB_A_STATS_MAX; i++)
		out_set_number(object, nlab_stats_name(i), stats->value[i]);
	out_json(ctx, object);
}

/* Numbers in one column, as wide as the widest that is shown. */
static void show_text(const struct ctx *ctx, const struct nlab_stats *stats)
{
	int name_width = 0, width = 0, len;
	unsigned int i;

	for (i = NLAB_A_STATS_PAD + 1; i <= NLAB_A_STATS_MAX; i++) {
		len = snprintf(NULL, 0, "%" PRIu64, stats->value[i]);
		if (len > width)
			width = len;
		len = (int)strlen(nlab_stats_name(i));
		if (len > name_width)
			name_width = len;
	}
	for (i = NLAB_A_STATS_PAD + 1; i <= NLAB_A_STATS_MAX; i++)
		if (ctx->opt.stats || stats->value[i])
			printf("%-*s %*" PRIu64 "\n", name_width,
			       nlab_stats_name(i), width, stats->value[i]);
}

int cmd_show_stats(struct ctx *ctx, int argc, char **argv)
{
	struct nlab_stats stats;
	int ret;

	(void)argc;
	(void)argv;
	ret = ctx_connect(ctx);
	if (!ret)
		ret = nlab_stats_get(ctx->nl, &stats, &ctx->err);
	if (ret)
		return ret;
	if (ctx->opt.metrics)
		return show_metrics(ctx, &stats);
	if (ctx->opt.json)
		show_json(ctx, &stats);
	else
		show_text(ctx, &stats);
	return 0;
}
