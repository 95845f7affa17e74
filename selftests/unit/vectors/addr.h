/* SPDX-License-Identifier: GPL-2.0 */
/* Address examples out of the RFCs. */
#ifndef NLAB_VECTORS_ADDR_H
#define NLAB_VECTORS_ADDR_H

/* RFC 6052 section 2.4 */
static const struct {
	const char *prefix;
	unsigned int len;
	const char *v4;
	const char *v6;
} rfc6052_vectors[] = {
	{ "2001:db8::", 32, "192.0.2.33", "2001:db8:c000:221::" },
	{ "2001:db8:100::", 40, "192.0.2.33", "2001:db8:1c0:2:21::" },
	{ "2001:db8:122::", 48, "192.0.2.33", "2001:db8:122:c000:2:2100::" },
	{ "2001:db8:122:300::", 56, "192.0.2.33",
	  "2001:db8:122:3c0:0:221::" },
	{ "2001:db8:122:344::", 64, "192.0.2.33",
	  "2001:db8:122:344:c0:2:2100::" },
	{ "2001:db8:122:344::", 96, "192.0.2.33",
	  "2001:db8:122:344::192.0.2.33" },
	{ "64:ff9b::", 96, "192.0.2.33", "64:ff9b::192.0.2.33" },
};

/* RFC 7757 section 3.1 (table) and section 3.4 (translations) */
static const struct {
	const char *prefix4;
	unsigned int len4;
	const char *prefix6;
	unsigned int len6;
	const char *v4;
	const char *v6;
} rfc7757_vectors[] = {
	{ "192.0.2.1", 32, "2001:db8:aaaa::", 128,
	  "192.0.2.1", "2001:db8:aaaa::" },
	{ "192.0.2.2", 32, "2001:db8:bbbb::b", 128,
	  "192.0.2.2", "2001:db8:bbbb::b" },
	{ "192.0.2.16", 28, "2001:db8:cccc::", 124,
	  "192.0.2.16", "2001:db8:cccc::" },
	{ "192.0.2.16", 28, "2001:db8:cccc::", 124,
	  "192.0.2.24", "2001:db8:cccc::8" },
	{ "192.0.2.16", 28, "2001:db8:cccc::", 124,
	  "192.0.2.31", "2001:db8:cccc::f" },
	{ "192.0.2.128", 26, "2001:db8:dddd::", 64,
	  "192.0.2.128", "2001:db8:dddd::" },
	{ "192.0.2.128", 26, "2001:db8:dddd::", 64,
	  "192.0.2.152", "2001:db8:dddd:0:6000::" },
	{ "192.0.2.128", 26, "2001:db8:dddd::", 64,
	  "192.0.2.183", "2001:db8:dddd:0:dc00::" },
	{ "192.0.2.192", 29, "2001:db8:eeee:8::", 62,
	  "192.0.2.192", "2001:db8:eeee:8::" },
	{ "192.0.2.192", 29, "2001:db8:eeee:8::", 62,
	  "192.0.2.195", "2001:db8:eeee:9:8000::" },
	{ "192.0.2.192", 29, "2001:db8:eeee:8::", 62,
	  "192.0.2.199", "2001:db8:eeee:b:8000::" },
	{ "192.0.2.224", 31, "64:ff9b::", 127,
	  "192.0.2.224", "64:ff9b::" },
	{ "192.0.2.224", 31, "64:ff9b::", 127,
	  "192.0.2.225", "64:ff9b::1" },
	/* the widest and the narrowest pairs that RFC 7757 allows */
	{ "0.0.0.0", 0, "2001:db8::", 96,
	  "203.0.113.9", "2001:db8::203.0.113.9" },
	{ "0.0.0.0", 0, "::", 0, "203.0.113.9", "cb00:7109::" },
	{ "203.0.113.9", 32, "::", 0, "203.0.113.9", "::" },
};

/* RFC 6296 section 3.1 and 3.2; lengths of our own behind them */
static const struct {
	const char *inside;
	const char *outside;
	unsigned int len;
	const char *from;
	const char *to;
} rfc6296_vectors[] = {
	{ "fd01:203:405::", "2001:db8:1::", 48,
	  "fd01:203:405:1::1234", "2001:db8:1:d550::1234" },
	/* 0x3 - (0x2001 + 0xdb8) + (0xfd01 + 0x203) is 0xd14e */
	{ "fd01:203::", "2001:db8::", 32,
	  "fd01:203:0:3::1", "2001:db8:0:d14e::1" },
	/* the first word of the interface identifier takes the adjustment */
	{ "fd01:203:405:600::", "2001:db8:1:100::", 56,
	  "fd01:203:405:6aa:1::1", "2001:db8:1:1aa:da50::1" },
	{ "fd01:203:405:600::", "2001:db8:1:100::", 64,
	  "fd01:203:405:600:ffff:1::1", "2001:db8:1:100:ffff:da50::1" },
};

#endif
