/* SPDX-License-Identifier: GPL-2.0 */
/* ICMP types, codes and pointers of RFC 7915, row by row. */
#ifndef NLAB_VECTORS_ICMP_H
#define NLAB_VECTORS_ICMP_H

enum { ANY_CODE = -1, SAME_CODE = -2 };

struct icmp_vector {
	int type, code;		/* received; every code with ANY_CODE */
	int new_type, new_code;	/* sent; the same code with SAME_CODE */
};

/* RFC 7915 4.2; what is not here is dropped. */
static const struct icmp_vector icmp46_vectors[] = {
	{ 3, 0, 1, 0 },		/* net unreachable */
	{ 3, 1, 1, 0 },		/* host unreachable */
	{ 3, 2, 4, 1 },		/* protocol unreachable */
	{ 3, 3, 1, 4 },		/* port unreachable */
	{ 3, 4, 2, 0 },		/* fragmentation needed */
	{ 3, 5, 1, 0 },		/* source route failed */
	{ 3, 6, 1, 0 },		/* net unknown */
	{ 3, 7, 1, 0 },		/* host unknown */
	{ 3, 8, 1, 0 },		/* source host isolated */
	{ 3, 9, 1, 1 },		/* net prohibited */
	{ 3, 10, 1, 1 },	/* host prohibited */
	{ 3, 11, 1, 0 },	/* net unreachable for TOS */
	{ 3, 12, 1, 0 },	/* host unreachable for TOS */
	{ 3, 13, 1, 1 },	/* communication prohibited */
	{ 3, 15, 1, 1 },	/* precedence cutoff */
	{ 11, ANY_CODE, 3, SAME_CODE },
	{ 12, 0, 4, 0 },	/* pointer */
	{ 12, 2, 4, 0 },	/* bad length */
};

/* RFC 7915 5.2 */
static const struct icmp_vector icmp64_vectors[] = {
	{ 1, 0, 3, 1 },		/* no route */
	{ 1, 1, 3, 10 },	/* prohibited */
	{ 1, 2, 3, 1 },		/* beyond scope of source */
	{ 1, 3, 3, 1 },		/* address unreachable */
	{ 1, 4, 3, 3 },		/* port unreachable */
	{ 2, ANY_CODE, 3, 4 },	/* too big; RFC 4443: code ignored */
	{ 3, ANY_CODE, 11, SAME_CODE },
	{ 4, 0, 12, 0 },	/* erroneous field */
	{ 4, 1, 3, 2 },		/* unknown next header */
};

struct pointer_vector {
	unsigned int first, last, to;
};

/* RFC 7915 figure 3; pointers that are not here mean: drop */
static const struct pointer_vector pointer46_vectors[] = {
	{ 0, 0, 0 },		/* version, IHL */
	{ 1, 1, 1 },		/* type of service */
	{ 2, 3, 4 },		/* total length */
	{ 8, 8, 7 },		/* time to live */
	{ 9, 9, 6 },		/* protocol */
	{ 12, 15, 8 },		/* source */
	{ 16, 19, 24 },		/* destination */
};

/* RFC 7915 figure 6 */
static const struct pointer_vector pointer64_vectors[] = {
	{ 0, 0, 0 },		/* version, traffic class */
	{ 1, 1, 1 },		/* traffic class, flow label */
	{ 4, 5, 2 },		/* payload length */
	{ 6, 6, 9 },		/* next header */
	{ 7, 7, 8 },		/* hop limit */
	{ 8, 23, 12 },		/* source */
	{ 24, 39, 16 },		/* destination */
};

#define VECTORS(v) v, sizeof(v) / sizeof((v)[0])

static inline const struct icmp_vector *
icmp_vector_find(const struct icmp_vector *v, unsigned int n, int type,
		 int code)
{
	for (; n--; v++)
		if (v->type == type &&
		    (v->code == code || v->code == ANY_CODE))
			return v;
	return NULL;
}

/* New pointer or -1 */
static inline int pointer_vector_find(const struct pointer_vector *v,
				      unsigned int n, unsigned long pointer)
{
	for (; n--; v++)
		if (pointer >= v->first && pointer <= v->last)
			return v->to;
	return -1;
}

/* RFC 1191 section 7.1, table 7-1 */
static const unsigned int plateau_vectors[] = {
	65535, 32000, 17914, 8166, 4352, 2002, 1492, 1006, 508, 296, 68,
};

#endif
