/* SPDX-License-Identifier: Apache-2.0 */
/* Challenges out of a header: see challenge.h. */
#include "endpoint/challenge.h"

#include <strings.h>

static bool is_token(char c)
{
	return c > 0x20 && c < 0x7f && !strchr("()<>@,;:\\\"/[]?={}", c);
}

/* White space, and the commas between what a list holds. */
static void skip(struct pl_slice *s, bool commas)
{
	while (s->n && (*s->p == ' ' || *s->p == '\t' || (commas && *s->p == ','))) {
		s->p++;
		s->n--;
	}
}

static struct pl_slice token(struct pl_slice *s)
{
	struct pl_slice t = { s->p, 0 };

	while (t.n < s->n && is_token(s->p[t.n]))
		t.n++;
	s->p += t.n;
	s->n -= t.n;
	return t;
}

static bool is(struct pl_slice t, const char *name)
{
	return t.n == strlen(name) && !strncasecmp(t.p, name, t.n);
}

/* Where a parameter's value goes; NULL: nobody asked for it. */
static char *place(struct pl_challenge *c, struct pl_slice name, size_t *size)
{
	const struct {
		const char *name;
		char *at;
		size_t size;
	} places[] = {
		{ "realm", c->realm, sizeof c->realm },
		{ "service", c->service, sizeof c->service },
		{ "scope", c->scope, sizeof c->scope },
		{ "error", c->error, sizeof c->error },
	};

	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		if (is(name, places[i].name)) {
			*size = places[i].size;
			return places[i].at;
		}
	return NULL;
}

/* A value, quoted or not, into `to` (NULL: passed over); false when it does not fit or does not end. */
static bool value(struct pl_slice *s, char *to, size_t size)
{
	bool quoted = s->n && *s->p == '"';
	size_t n = 0;

	for (s->p += quoted, s->n -= quoted; s->n; s->p++, s->n--) {
		if (quoted ? *s->p == '"' : !is_token(*s->p) && !strchr("/:=", *s->p))
			break;
		if (quoted && *s->p == '\\' && s->n > 1) {
			s->p++;
			s->n--;
		}
		if (to && (n + 1 >= size || (unsigned char)*s->p < 0x20))
			return false;
		if (to)
			to[n++] = *s->p;
	}
	if (to)
		to[n] = '\0';
	if (!quoted)
		return true;
	if (!s->n)
		return false;
	s->p++;
	s->n--;
	return true;
}

bool pl_challenge_find(struct pl_slice header, const char *scheme, struct pl_challenge *out)
{
	struct pl_challenge c = { "", "", "", "" };
	bool found = false;

	while (skip(&header, true), header.n) {
		struct pl_slice name = token(&header);
		size_t size = 0;
		char *to;

		if (!name.n)
			return false;
		skip(&header, false);
		if (!header.n || *header.p != '=') {
			/* not a parameter: the name of the next challenge's scheme */
			if (found)
				break;
			found = is(name, scheme);
			continue;
		}
		header.p++;
		header.n--;
		skip(&header, false);
		to = found ? place(&c, name, &size) : NULL;
		if (!value(&header, to, size))
			return false;
	}
	if (found)
		*out = c;
	return found;
}
