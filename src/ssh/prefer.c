/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What we offer a server to agree on: the methods that OpenSSH 9 offers and libssh2 knows (2026-11; no
 * SHA-1, no CBC), in an order of our own, changed as ssh_config says.  A host's known types of keys come
 * first, or it would show another one and look like a stranger.
 */
#include <fnmatch.h>
#include <string.h>

#include "base/str.h"
#include "ssh/session.h"
#include "ssh/wire.h"

static const char host_keys[] = "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,"
				"rsa-sha2-512,rsa-sha2-256";
static const char kex[] = "curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256,"
			  "ecdh-sha2-nistp384,ecdh-sha2-nistp521,diffie-hellman-group-exchange-sha256,"
			  "diffie-hellman-group16-sha512,diffie-hellman-group18-sha512,"
			  "diffie-hellman-group14-sha256";
/*
 * What libssh2 1.11.1 is weak in comes last: with AES-GCM it loses the memory of two keys a session, and a
 * damaged packet of ChaCha20 keeps it busy until its memory is used up (session.c).
 */
static const char ciphers[] = "aes128-ctr,aes192-ctr,aes256-ctr,aes128-gcm@openssh.com,aes256-gcm@openssh.com,"
			      "chacha20-poly1305@openssh.com";
static const char macs[] = "hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com,hmac-sha2-256,"
			   "hmac-sha2-512,hmac-sha1-etm@openssh.com,hmac-sha1";

/* Takes the next name off a list separated by commas; false at its end. */
static bool next(struct pl_slice *list, struct pl_slice *name)
{
	const char *comma;

	if (!list->n)
		return false;
	comma = memchr(list->p, ',', list->n);
	*name = (struct pl_slice){ list->p, comma ? (size_t)(comma - list->p) : list->n };
	list->p += comma ? name->n + 1 : name->n;
	list->n -= comma ? name->n + 1 : name->n;
	return true;
}

static bool in_list(struct pl_slice list, struct pl_slice name, bool patterns)
{
	char text[PL_KEY_TYPE_SIZE], pattern[PL_KEY_TYPE_SIZE];
	struct pl_slice item;

	while (next(&list, &item)) {
		if (item.n == name.n && !memcmp(item.p, name.p, name.n))
			return true;
		if (!patterns || item.n >= sizeof pattern || name.n >= sizeof text)
			continue;
		memcpy(pattern, item.p, item.n);
		pattern[item.n] = '\0';
		memcpy(text, name.p, name.n);
		text[name.n] = '\0';
		if (!fnmatch(pattern, text, 0))
			return true;
	}
	return false;
}

/* Adds the names of list that are not in out yet, and not in `without`. */
static void add(struct pl_buf *out, struct pl_slice list, struct pl_slice without)
{
	struct pl_slice name;

	while (next(&list, &name)) {
		if (!name.n || in_list((struct pl_slice){ out->data, out->len }, name, false) ||
		    in_list(without, name, true))
			continue;
		if (out->len)
			pl_buf_addc(out, ',');
		pl_buf_add(out, name.p, name.n);
	}
}

/* ssh_config(5): a list replaces the default; with + it is added to its end, with ^ put before it, with - taken away. */
static void combine(struct pl_buf *out, const char *written, const char *defaults)
{
	struct pl_slice none = { "", 0 }, list = pl_slice(written ? written : defaults), all = pl_slice(defaults);
	char how = list.n ? *list.p : '\0';

	if (!strchr("+-^", how)) {
		add(out, list, none);
		return;
	}
	list.p++;
	list.n--;
	if (how == '^')
		add(out, list, none);
	add(out, all, how == '-' ? list : none);
	if (how == '+')
		add(out, list, none);
}

/* The names under which a key or certificate of this type signs. */
static struct pl_slice signatures(struct pl_slice type)
{
	if (pl_slice_is(type, "ssh-rsa"))
		return pl_slice("rsa-sha2-512,rsa-sha2-256");
	if (pl_slice_is(type, "ssh-rsa-cert-v01@openssh.com"))
		return pl_slice("rsa-sha2-512-cert-v01@openssh.com,rsa-sha2-256-cert-v01@openssh.com");
	return type;
}

bool pl_ssh_hop_offers(const struct pl_ssh_hop *h, struct pl_slice blob)
{
	pl_auto_buf list = PL_BUF_INIT, all = PL_BUF_INIT;
	unsigned bits = pl_ssh_rsa_bits(blob);
	struct pl_slice type = { "", 0 }, names, name;

	if (bits && bits < (unsigned)h->host->required_rsa_size)
		return false;
	if (!h->host->pubkey_accepted_algorithms || !pl_ssh_take_string(&blob, &type))
		return true;
	/* the default has every type there is, so what is written is combined with this key's */
	names = signatures(type);
	pl_buf_add(&list, names.p, names.n);
	combine(&all, h->host->pubkey_accepted_algorithms, list.data);
	while (next(&names, &name))
		if (in_list((struct pl_slice){ all.data, all.len }, name, true))
			return true;
	return false;
}

static int host_key_order(struct pl_ssh_hop *h, struct pl_buf *out, struct pl_err *err)
{
	char types[PL_KNOWN_TYPES][PL_KEY_TYPE_SIZE];
	struct pl_known_host known = pl_ssh_hop_known(h);
	const char *written = h->host->host_key_algorithms;
	pl_auto_buf list = PL_BUF_INIT, wanted = PL_BUF_INIT;
	struct pl_slice none = { "", 0 };
	size_t count = 0;

	combine(&list, written, host_keys);
	if (pl_known_hosts_types(h->conn->opt->known, &known, types, &count, err))
		return -1;
	for (size_t i = 0; i < count; i++)
		add(&wanted, signatures(pl_slice(types[i])), none);
	/* a list that was written whole is the user's own order */
	for (struct pl_slice rest = { wanted.data, wanted.len }, name; !written && next(&rest, &name);)
		if (in_list((struct pl_slice){ list.data, list.len }, name, false))
			add(out, name, none);
	add(out, (struct pl_slice){ list.data, list.len }, none);
	return 0;
}

static int prefer(struct pl_ssh_hop *h, int method, const char *directive, const struct pl_buf *list,
		  struct pl_err *err)
{
	if (!libssh2_session_method_pref(h->session, method, list->data))
		return 0;
	return pl_err_set(err, PL_E_USAGE, "%s: libssh2 knows none of '%s'", directive, list->data);
}

int pl_ssh_hop_prefer(struct pl_ssh_hop *h, struct pl_err *err)
{
	const struct {
		int method, other; /* of what we send, and of what we receive (-1: the same) */
		const char *directive, *written, *defaults;
	} rows[] = {
		{ LIBSSH2_METHOD_KEX, -1, "KexAlgorithms", h->host->kex_algorithms, kex },
		{ LIBSSH2_METHOD_CRYPT_CS, LIBSSH2_METHOD_CRYPT_SC, "Ciphers", h->host->ciphers, ciphers },
		{ LIBSSH2_METHOD_MAC_CS, LIBSSH2_METHOD_MAC_SC, "MACs", h->host->macs, macs },
	};
	pl_auto_buf order = PL_BUF_INIT;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		pl_auto_buf list = PL_BUF_INIT;

		combine(&list, rows[i].written, rows[i].defaults);
		if (prefer(h, rows[i].method, rows[i].directive, &list, err) ||
		    (rows[i].other >= 0 && prefer(h, rows[i].other, rows[i].directive, &list, err)))
			return -1;
	}
	return host_key_order(h, &order, err) ||
	       prefer(h, LIBSSH2_METHOD_HOSTKEY, "HostKeyAlgorithms", &order, err) ? -1 : 0;
}
