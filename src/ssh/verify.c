/* SPDX-License-Identifier: Apache-2.0 */
/* Is it the host that we know?  Asked before anything else is said to it. */
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "ssh/session.h"
#include "ssh/wire.h"

struct pl_known_host pl_ssh_hop_known(const struct pl_ssh_hop *h)
{
	return (struct pl_known_host){ .host = h->host->host, .port = h->host->port,
				       .alias = h->host->host_key_alias, .files = h->host->known_hosts,
				       .revoked = h->host->revoked_host_keys,
				       .add_to = h->host->new_hosts };
}

/* Text as one word of a POSIX shell. */
static void add_quoted(struct pl_buf *out, const char *text)
{
	pl_buf_addc(out, '\'');
	for (; *text; text++) {
		if (*text == '\'')
			pl_buf_adds(out, "'\\'");
		pl_buf_addc(out, *text);
	}
	pl_buf_addc(out, '\'');
}

/* The command that makes this very key known: what was shown is what is added. */
static void add_command(const struct pl_known_host *known, const char *type, const char *blob, size_t len,
			struct pl_buf *out)
{
	pl_auto_buf line = PL_BUF_INIT;
	char name[512];

	if (!known->add_to)
		return;
	pl_known_hosts_name(known, name, sizeof name);
	pl_buf_addf(&line, "%s %s ", name, type);
	pl_buf_reserve(&line, len / 3 * 4 + 8);
	line.len += (size_t)EVP_EncodeBlock((unsigned char *)line.data + line.len, (const unsigned char *)blob,
					    (int)len);
	pl_buf_adds(out, "echo ");
	add_quoted(out, line.data);
	pl_buf_adds(out, " >>");
	add_quoted(out, known->add_to);
}

struct shown {
	const char *blob;
	size_t len;
	const struct pl_known_result *r;
};

static int unknown(struct pl_ssh_hop *h, const struct pl_known_host *known, const struct shown *key,
		   struct pl_err *err)
{
	struct pl_ssh_conn *c = h->conn;
	const char *why = key->r->why;

	if (c->opt->accept_new && !why) {
		if (pl_known_hosts_add(c->opt->known, known, key->blob, key->len, h->host->hash_known_hosts, err))
			return -1;
		c->result->key_added = true;
		return 0;
	}
	pl_buf_truncate(&c->result->add, 0);
	add_command(known, key->r->type, key->blob, key->len, &c->result->add);
	if (why)
		return pl_err_set(err, PL_E_HOST_KEY, "unknown host key, %s %s, because %s:%u cannot be read: %s",
				  key->r->type, key->r->fingerprint, key->r->file, key->r->line, why);
	return pl_err_set(err, PL_E_HOST_KEY, "unknown host key, %s %s; compare it with `ssh-keygen -l` on the host, "
			  "then add it: %s", key->r->type, key->r->fingerprint, c->result->add.data);
}

static int changed(const struct pl_known_host *known, const struct pl_known_result *r, struct pl_err *err)
{
	char name[512];

	pl_known_hosts_name(known, name, sizeof name);
	if (*r->file != '/') /* no file: what another source gives the host */
		return pl_err_set(err, PL_E_HOST_KEY, "the host key is %s %s, and not %s, which %s gives it; somebody may be "
				  "in between.  If it is another machine by now, name its key with --ssh-known-hosts",
				  r->type, r->fingerprint, r->known, r->file);
	return pl_err_set(err, PL_E_HOST_KEY, "the host key has changed: %s %s, where %s:%u has %s; somebody may be in "
			  "between.  If the host was made anew: ssh-keygen -R '%s' -f '%s', then add its new key",
			  r->type, r->fingerprint, r->file, r->line, r->known, name, r->file);
}

static int judge(struct pl_ssh_hop *h, const struct pl_known_host *known, const struct shown *key,
		 struct pl_err *err)
{
	const struct pl_known_result *r = key->r;

	switch (r->verdict) {
	case PL_KNOWN_OK:
		return 0;
	case PL_KNOWN_UNKNOWN:
		return unknown(h, known, key, err);
	case PL_KNOWN_CHANGED:
		return changed(known, r, err);
	case PL_KNOWN_OTHER_TYPE:
		return pl_err_set(err, PL_E_HOST_KEY, "the host shows a key of another type than the known one: %s %s, "
				  "where %s:%u has %s %s; somebody may be in between", r->type, r->fingerprint, r->file,
				  r->line, r->known_type, r->known);
	case PL_KNOWN_REVOKED:
		return pl_err_set(err, PL_E_HOST_KEY, "the host shows a key that %s:%u revokes: %s %s", r->file, r->line,
				  r->type, r->fingerprint);
	case PL_KNOWN_CA:
		return pl_err_set(err, PL_E_HOST_KEY, "only the authority in %s:%u knows this host, and host certificates "
				  "cannot be verified here; add its key itself, %s %s", r->file, r->line, r->type,
				  r->fingerprint);
	}
	return pl_err_set(err, PL_E_INTERNAL, "a host key was judged as %d", (int)r->verdict);
}

int pl_ssh_hop_verify(struct pl_ssh_hop *h, struct pl_err *err)
{
	struct pl_known_host known = pl_ssh_hop_known(h);
	struct pl_known_result r = { .verdict = PL_KNOWN_UNKNOWN };
	struct pl_ssh_result *result = h->conn->result;
	struct shown key = { .r = &r };
	unsigned bits;
	int type;

	key.blob = libssh2_session_hostkey(h->session, &key.len, &type);
	if (!key.blob)
		return pl_err_set(err, PL_E_HOST_KEY, "the host showed no key");
	if (pl_known_hosts_lookup(h->conn->opt->known, &known, key.blob, key.len, &r, err))
		return -1;
	if (h == &h->conn->hops[h->conn->count - 1]) {
		snprintf(result->key_type, sizeof result->key_type, "%s", r.type);
		snprintf(result->fingerprint, sizeof result->fingerprint, "%s", r.fingerprint);
	}
	bits = pl_ssh_rsa_bits((struct pl_slice){ key.blob, key.len });
	if (bits && bits < (unsigned)h->host->required_rsa_size)
		return pl_err_set(err, PL_E_HOST_KEY, "the host's key has %u bits, and RequiredRSASize asks for %d", bits,
				  h->host->required_rsa_size);
	return judge(h, &known, &key, err);
}
