// SPDX-License-Identifier: GPL-2.0
/* nlabctl: controls the nlab module. Table of commands, errors, exit status. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cmd.h"

const struct command command_table[] = {
	{ "add-map", "OUTSIDE INSIDE [overlap]", 2, 3,
	  "add a pair of addresses or prefixes", cmd_add_map },
	{ "del-map", "ADDRESS[/LENGTH]", 1, 1,
	  "delete the map with this prefix, of either side", cmd_del_map },
	{ "show-maps", "[ADDRESS[/LENGTH]]", 0, 1,
	  "show all maps, the one that covers ADDRESS, or the one of a prefix",
	  cmd_show_maps },
	{ "flush-maps", "", 0, 0, "delete all maps", cmd_flush_maps },
	{ "test-map", "ADDRESS", 1, 1,
	  "show what an address is translated to", cmd_test_map },
	{ "load-maps", "FILE|-", 1, 1,
	  "replace all maps at once by those of FILE", cmd_load_maps },
	{ "diff-maps", "FILE|-", 1, 1,
	  "show what load-maps would change; exit status 1 if anything",
	  cmd_diff_maps },
	{ "save-maps", "[settings]", 0, 1,
	  "print all maps, and settings, for load-maps", cmd_save_maps },
	{ "import-maps", "jool|tayga FILE|-", 2, 2,
	  "print the maps of another translator's configuration",
	  cmd_import_maps },
	{ "set-xlat", "KEY VALUE...", 2, -1,
	  "change settings of the translator", cmd_set_xlat },
	{ "show-xlat", "", 0, 0, "show the settings", cmd_show_xlat },
	{ "show-stats", "", 0, 0, "show the counters of the namespace",
	  cmd_show_stats },
	{ "add-link", "DEVICE[@NETNS] DEVICE[@NETNS] [KEY VALUE]...", 2, -1,
	  "make an emulated link", cmd_add_link },
	{ "add-links", "FILE|-", 1, 1,
	  "make the links of FILE, all or none", cmd_add_links },
	{ "set-link", "DEVICE KEY VALUE...", 3, -1,
	  "change parameters of a link", cmd_set_link },
	{ "del-link", "DEVICE | owner NAME", 1, 2,
	  "delete a link, or all of an owner", cmd_del_link },
	{ "show-links", "[DEVICE | owner NAME]", 0, 2,
	  "show links and their parameters", cmd_show_links },
	{ "check", "FILE|- [NAME=VALUE]...", 1, -1, "say whether a lab file is right",
	  cmd_check },
	{ "apply", "FILE|- [NAME=VALUE]...", 1, -1,
	  "make a lab, or change it to what its file says", cmd_apply },
	{ "destroy", "[LAB]", 0, 1, "remove a lab, or all with -a",
	  cmd_destroy },
	{ "show-lab", "[LAB]", 0, 1, "show all labs, or what is in one",
	  cmd_show_lab },
	{ "exec", "[LAB/]NODE COMMAND...", 2, -1,
	  "run a program in a node", cmd_exec },
	{ "shell", "[LAB/]NODE", 1, 1, "run a shell in a node", cmd_shell },
	{ "run", "FILE [NAME=VALUE]... -- COMMAND...", 2, -1,
	  "make a lab, run a program, remove the lab", cmd_run },
	{ "wait", "LAB up|converged [SECONDS]", 2, 3,
	  "wait until a lab is up, or its routing has converged", cmd_wait },
	{ "graph", "LAB|FILE [dot|mermaid|svg]", 1, 2, "draw a lab", cmd_graph },
	{ "import-lab", "graphml FILE|- | mininet TOPOLOGY [KEY VALUE]...", 2, -1,
	  "print the lab file of a network of another format",
	  cmd_import_lab },
	{ "capture", "LAB NODE:DEVICE [FILE|-]", 2, 3,
	  "show the packets of a link, or write them to FILE", cmd_capture },
	{ "traffic", "LAB FROM TO [rate RATE] [time TIME] [tcp|udp]", 3, -1,
	  "send traffic from one node to another", cmd_traffic },
	{ "report", "LAB [text|json|html]", 1, 2,
	  "show what the links of a lab measured", cmd_report },
	{ "set-announce", "KEY VALUE...", 2, -1,
	  "change what is announced to routing protocols, and when",
	  cmd_set_announce },
	{ "show-announce", "", 0, 0, "show whether the node is announced",
	  cmd_show_announce },
	{ "drain", "", 0, 0, "withdraw the node, traffic goes elsewhere",
	  cmd_drain },
	{ "undrain", "", 0, 0, "announce it again", cmd_undrain },
	{ "monitor", "", 0, 0, "print changes as they happen", cmd_monitor },
	{ "help", "[COMMAND|keywords]", 0, 1,
	  "print the usage, or all keywords for completion", cmd_help },
	{ 0 },
};

int ctx_connect(struct ctx *ctx)
{
	int ret;

	if (ctx->nl)
		return 0;
	if (ctx->opt.netns) {
		ret = nlab_netns_enter(ctx->opt.netns, &ctx->err);
		if (ret)
			return ret;
	}
	return nlab_open(&ctx->nl, &ctx->err);
}

static int unknown_command(struct ctx *ctx, const char *name)
{
	const char *names[64];
	size_t i, len;

	for (i = 0; command_table[i].name; i++)
		names[i] = command_table[i].name;
	names[i] = NULL;
	nlab_unknown(&ctx->err, "command", nlab_word(name), names);
	len = strlen(ctx->err.text);
	snprintf(ctx->err.text + len, sizeof(ctx->err.text) - len,
		 " ('nlabctl help' lists them)");
	return -EINVAL;
}

int ctx_run(struct ctx *ctx, int argc, char **argv)
{
	const struct command *cmd = command_table;
	int args = argc - 1;

	while (cmd->name && strcmp(cmd->name, argv[0]))
		cmd++;
	if (!cmd->name)
		return unknown_command(ctx, argv[0]);
	if (args < cmd->min || (cmd->max >= 0 && args > cmd->max))
		return nlab_fail(&ctx->err, NLAB_FAULT_INPUT, EINVAL,
				 "%s arguments, usage: nlabctl %s%s%s",
				 args < cmd->min ? "missing" : "too many",
				 cmd->name, *cmd->args ? " " : "", cmd->args);
	if (ctx->opt.metrics && cmd->run != cmd_show_stats &&
	    cmd->run != cmd_show_links)
		return nlab_fail(&ctx->err, NLAB_FAULT_INPUT, EINVAL,
				 "options --openmetrics and --prometheus are for show-stats and show-links, %s has no such output",
				 cmd->name);
	if (ctx->opt.all && cmd->run != cmd_destroy)
		return nlab_fail(&ctx->err, NLAB_FAULT_INPUT, EINVAL,
				 "option --all is for destroy");
	if ((ctx->opt.dry_run || ctx->opt.link) && cmd->run != cmd_apply &&
	    (ctx->opt.dry_run || cmd->run != cmd_run))
		return nlab_fail(&ctx->err, NLAB_FAULT_INPUT, EINVAL,
				 "option --%s is for apply",
				 ctx->opt.dry_run ? "dry-run" : "link");
	return cmd->run(ctx, args, argv + 1);
}

static int report(const struct nlab_err *err)
{
	fflush(stdout);
	if (err->place[0])
		fprintf(stderr, "%s: %s\n", err->place, err->text);
	else
		fprintf(stderr, "nlabctl: %s\n", err->text);
	switch (err->fault) {
	case NLAB_FAULT_ACCESS:
		return EXIT_ACCESS;
	case NLAB_FAULT_INPUT:
		return EXIT_USAGE;
	default:
		return EXIT_REFUSED;
	}
}

static int run(struct ctx *ctx, int argc, char **argv)
{
	if (ctx->opt.help) {
		help_usage(stdout);
		return 0;
	}
	if (ctx->opt.version) {
		printf("nlabctl %s\n", NLAB_TOOLS_VERSION);
		return 0;
	}
	if (ctx->opt.metrics && ctx->opt.json)
		return nlab_fail(&ctx->err, NLAB_FAULT_INPUT, EINVAL,
				 "options --openmetrics or --prometheus and --json exclude each other");
	if (ctx->opt.output && !ctx->opt.metrics)
		return nlab_fail(&ctx->err, NLAB_FAULT_INPUT, EINVAL,
				 "option --output needs --openmetrics or --prometheus");
	if (ctx->opt.batch && argc)
		return nlab_fail(&ctx->err, NLAB_FAULT_INPUT, EINVAL,
				 "a batch file and a command exclude each other");
	if (ctx->opt.batch)
		return batch_run(ctx, ctx->opt.batch);
	return ctx_run(ctx, argc, argv);
}

/* A script must not take a misspelt option for a difference. */
static bool is_diff(int argc, char **argv)
{
	int i;

	for (i = 0; i < argc; i++)
		if (!strcmp(argv[i], "diff-maps"))
			return true;
	return false;
}

int main(int argc, char **argv)
{
	struct ctx ctx = { .status = EXIT_DONE };
	bool diff;
	int ret;

	argc--;
	argv++;
	diff = is_diff(argc, argv);
	ret = options_parse(&ctx.opt, &argc, argv, &ctx.err);
	if (!ret && !argc && !ctx.opt.batch && !ctx.opt.help &&
	    !ctx.opt.version) {
		help_usage(stderr);
		return EXIT_USAGE;
	}
	if (!ret)
		ret = run(&ctx, argc, argv);
	nlab_close(ctx.nl);
	/* Output that did not arrive is as bad as none. */
	if (!ret && (ferror(stdout) | fflush(stdout)))
		ret = nlab_fail(&ctx.err, NLAB_FAULT_KERNEL, EIO,
				"can't write the output: %s", strerror(errno));
	if (ret >= 0)
		return ctx.status;
	ret = report(&ctx.err);
	return diff ? EXIT_TROUBLE : ret;
}
