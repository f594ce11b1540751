/* SPDX-License-Identifier: Apache-2.0 */
/* AWS Signature Version 4: see sigv4.h. */
#include "cloud/sigv4.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "base/alloc.h"

#define DIGEST 32
#define MAX_HEADERS 24

struct digest {
	unsigned char bytes[DIGEST];
};

static struct digest sha256(const void *p, size_t n)
{
	struct digest d;

	EVP_Digest(p, n, d.bytes, NULL, EVP_sha256(), NULL);
	return d;
}

static struct digest hmac(const void *key, size_t n, const char *text)
{
	struct digest d;

	HMAC(EVP_sha256(), key, (int)n, (const unsigned char *)text, strlen(text), d.bytes, NULL);
	return d;
}

static void add_hex(struct pl_buf *b, const struct digest *d)
{
	for (size_t i = 0; i < DIGEST; i++)
		pl_buf_addf(b, "%02x", d->bytes[i]);
}

static bool is_unreserved(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
	       c == '_' || c == '~';
}

void pl_sigv4_escape(struct pl_buf *out, const char *text, size_t n, const char *keep)
{
	for (size_t i = 0; i < n; i++)
		if (is_unreserved(text[i]) || (text[i] && strchr(keep, text[i])))
			pl_buf_addc(out, text[i]);
		else
			pl_buf_addf(out, "%%%02X", (unsigned char)text[i]);
}

/* ---- the canonical request ---- */

struct url {
	struct pl_slice host, path, query;
};

/* The Host that libcurl sends has no port where the scheme says it. */
static struct url split(const char *url)
{
	const char *host = strstr(url, "://");
	bool tls = pl_starts(url, "https:");
	struct url u;

	host = host ? host + 3 : url;
	u.host = (struct pl_slice){ host, strcspn(host, "/?#") };
	u.path = (struct pl_slice){ host + u.host.n, strcspn(host + u.host.n, "?#") };
	u.query = (struct pl_slice){ u.path.p + u.path.n, 0 };
	if (*u.query.p == '?') {
		u.query.p++;
		u.query.n = strcspn(u.query.p, "#");
	}
	if (tls && u.host.n > 4 && !memcmp(u.host.p + u.host.n - 4, ":443", 4))
		u.host.n -= 4;
	else if (!tls && u.host.n > 3 && !memcmp(u.host.p + u.host.n - 3, ":80", 3))
		u.host.n -= 3;
	return u;
}

static int hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
}

/* Decoded, and escaped again in the one way that is signed. */
static void add_part(struct pl_buf *out, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char c = p[i] == '+' ? ' ' : p[i];

		if (c == '%' && i + 2 < n && hex_digit(p[i + 1]) >= 0 && hex_digit(p[i + 2]) >= 0) {
			c = (char)(hex_digit(p[i + 1]) * 16 + hex_digit(p[i + 2]));
			i += 2;
		}
		pl_sigv4_escape(out, &c, 1, "");
	}
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* "key=value" sorted by key, then value; '=' sorts as a NUL would, so that "a" comes before "a-b". */
static void add_query(struct pl_buf *out, struct pl_slice query)
{
	char **parts = NULL;
	size_t n = 0, cap = 0;

	for (const char *p = query.p, *end = query.p + query.n; p < end;) {
		size_t len = strcspn(p, "&#"), key = strcspn(p, "=&#");
		struct pl_buf part = PL_BUF_INIT;

		len = len > (size_t)(end - p) ? (size_t)(end - p) : len;
		key = key > len ? len : key;
		add_part(&part, p, key);
		pl_buf_addc(&part, '\1');
		if (key < len)
			add_part(&part, p + key + 1, len - key - 1);
		parts = pl_grow(parts, n, &cap, sizeof *parts);
		parts[n++] = pl_buf_detach(&part);
		p += len + (p + len < end);
	}
	if (n)
		qsort(parts, n, sizeof *parts, compare);
	for (size_t i = 0; i < n; i++) {
		*strchr(parts[i], '\1') = '=';
		pl_buf_addf(out, "%s%s", i ? "&" : "", parts[i]);
		free(parts[i]);
	}
	free(parts);
}

/* A header in lower case, its value without white space around and with single blanks within. */
static char *canonical_header(const char *line)
{
	struct pl_buf b = PL_BUF_INIT;
	size_t n = strcspn(line, ":");
	const char *p = line + n + (line[n] == ':');

	for (size_t i = 0; i < n; i++)
		pl_buf_addc(&b, (char)(line[i] >= 'A' && line[i] <= 'Z' ? line[i] + 32 : line[i]));
	pl_buf_addc(&b, ':');
	for (p += strspn(p, " \t"); *p; p++)
		if ((*p != ' ' && *p != '\t') || (p[1] && p[1] != ' ' && p[1] != '\t'))
			pl_buf_addc(&b, *p == '\t' ? ' ' : *p);
	pl_buf_addc(&b, '\n');
	return pl_buf_detach(&b);
}

struct header_list {
	char *lines[MAX_HEADERS];
	size_t count;
};

static void add_line(struct header_list *l, const char *line)
{
	if (l->count < MAX_HEADERS)
		l->lines[l->count++] = canonical_header(line);
}

static void add_host(struct header_list *l, const struct url *u)
{
	pl_auto_buf line = PL_BUF_INIT;

	pl_buf_addf(&line, "host: " PL_SLICE_FMT, PL_SLICE_ARG(u->host));
	add_line(l, line.data);
}

static void release_lines(struct header_list *l)
{
	for (size_t i = 0; i < l->count; i++) {
		explicit_bzero(l->lines[i], strlen(l->lines[i]));
		free(l->lines[i]);
	}
}

static void add_names(struct pl_buf *out, const struct header_list *l)
{
	for (size_t i = 0; i < l->count; i++)
		pl_buf_addf(out, "%s%.*s", i ? ";" : "", (int)strcspn(l->lines[i], ":"), l->lines[i]);
}

/* The path as it is sent is escaped once more, as every service but S3 wants it. */
static struct digest canonical(const char *method, const struct url *u, struct pl_slice query,
			       struct header_list *l, struct pl_slice body)
{
	struct pl_buf text = PL_BUF_INIT;
	struct digest hash = sha256(body.p ? body.p : "", body.n);

	qsort(l->lines, l->count, sizeof *l->lines, compare);
	pl_buf_addf(&text, "%s\n", method);
	if (u->path.n)
		pl_sigv4_escape(&text, u->path.p, u->path.n, "/");
	else
		pl_buf_addc(&text, '/');
	pl_buf_addc(&text, '\n');
	add_query(&text, query);
	pl_buf_addc(&text, '\n');
	for (size_t i = 0; i < l->count; i++)
		pl_buf_adds(&text, l->lines[i]);
	pl_buf_addc(&text, '\n');
	add_names(&text, l);
	pl_buf_addc(&text, '\n');
	add_hex(&text, &hash);
	hash = sha256(text.data, text.len);
	explicit_bzero(text.data, text.len);
	pl_buf_release(&text);
	return hash;
}

/* ---- the signature ---- */

struct stamp {
	char time[20], scope[160]; /* 20261126T120000Z, 20261126/eu-west-1/eks/aws4_request */
};

static struct stamp stamp_of(const struct pl_sigv4 *s)
{
	struct stamp st;
	struct tm tm;

	gmtime_r(&s->at, &tm);
	strftime(st.time, sizeof st.time, "%Y%m%dT%H%M%SZ", &tm);
	snprintf(st.scope, sizeof st.scope, "%.8s/%s/%s/aws4_request", st.time, s->region, s->service);
	return st;
}

static void add_signature(struct pl_buf *out, const struct pl_sigv4 *s, const struct stamp *st,
			  const struct digest *request)
{
	pl_auto_buf text = PL_BUF_INIT, key = PL_BUF_INIT;
	char day[9];
	struct digest d;

	snprintf(day, sizeof day, "%.8s", st->time);
	pl_buf_addf(&text, "AWS4-HMAC-SHA256\n%s\n%s\n", st->time, st->scope);
	add_hex(&text, request);
	pl_buf_reserve_exact(&key, strlen(s->secret) + 4);
	pl_buf_addf(&key, "AWS4%s", s->secret);
	d = hmac(key.data, key.len, day);
	d = hmac(d.bytes, DIGEST, s->region);
	d = hmac(d.bytes, DIGEST, s->service);
	d = hmac(d.bytes, DIGEST, "aws4_request");
	d = hmac(d.bytes, DIGEST, text.data);
	add_hex(out, &d);
	explicit_bzero(key.data, key.len);
}

void pl_sigv4_headers(const struct pl_sigv4 *s, const char *method, const char *url, const char *const *headers,
		      struct pl_slice body, struct pl_cloud_headers *out)
{
	struct stamp st = stamp_of(s);
	struct url u = split(url);
	struct header_list l = { { NULL }, 0 };
	pl_auto_buf value = PL_BUF_INIT;
	struct digest request;
	size_t first = out->count;

	pl_cloud_header(out, "X-Amz-Date", st.time);
	if (s->token)
		pl_cloud_header(out, "X-Amz-Security-Token", s->token);
	add_host(&l, &u);
	for (size_t i = first; i < out->count; i++)
		add_line(&l, out->lines[i]);
	for (size_t i = 0; headers && headers[i]; i++)
		add_line(&l, headers[i]);
	request = canonical(method, &u, u.query, &l, body);
	pl_buf_addf(&value, "AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=", s->id, st.scope);
	add_names(&value, &l);
	pl_buf_adds(&value, ", Signature=");
	add_signature(&value, s, &st, &request);
	pl_cloud_header(out, "Authorization", value.data);
	explicit_bzero(value.data, value.len);
	release_lines(&l);
}

static void add_member(struct pl_buf *query, const char *name, const char *value)
{
	pl_buf_addf(query, "%s%s=", query->len ? "&" : "", name);
	pl_sigv4_escape(query, value, strlen(value), "");
}

void pl_sigv4_url(const struct pl_sigv4 *s, const char *url, const char *name, const char *value, int seconds,
		  struct pl_buf *out)
{
	struct stamp st = stamp_of(s);
	struct url u = split(url);
	struct header_list l = { { NULL }, 0 };
	pl_auto_buf query = PL_BUF_INIT, text = PL_BUF_INIT, names = PL_BUF_INIT;
	struct digest request;

	add_host(&l, &u);
	if (name) {
		pl_buf_addf(&text, "%s: %s", name, value);
		add_line(&l, text.data);
		pl_buf_truncate(&text, 0);
		qsort(l.lines, l.count, sizeof *l.lines, compare);
	}
	add_names(&names, &l);
	pl_buf_add(&query, u.query.p, u.query.n);
	add_member(&query, "X-Amz-Algorithm", "AWS4-HMAC-SHA256");
	pl_buf_addf(&text, "%s/%s", s->id, st.scope);
	add_member(&query, "X-Amz-Credential", text.data);
	add_member(&query, "X-Amz-Date", st.time);
	pl_buf_truncate(&text, 0);
	pl_buf_addf(&text, "%d", seconds);
	add_member(&query, "X-Amz-Expires", text.data);
	add_member(&query, "X-Amz-SignedHeaders", names.data);
	if (s->token)
		add_member(&query, "X-Amz-Security-Token", s->token);
	request = canonical("GET", &u, (struct pl_slice){ query.data, query.len }, &l, (struct pl_slice){ NULL, 0 });
	pl_buf_add(out, url, (size_t)(u.path.p + u.path.n - url));
	pl_buf_addf(out, "?%s&X-Amz-Signature=", query.data);
	add_signature(out, s, &st, &request);
	explicit_bzero(query.data, query.len);
	release_lines(&l);
}
