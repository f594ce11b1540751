/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Logging in: which keys are offered, in ssh's order - certificates, the agent's keys that files name,
 * its other keys, the keys of files - and what is said when none is taken.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "ssh/agent.h"
#include "ssh/key.h"
#include "ssh/session.h"
#include "ssh/wire.h"

#define FILES_MAX 64
#define OFFERS_MAX (2 * FILES_MAX + PL_LIMIT_SSH_AGENT_KEYS)
/* An agent is here on this machine: one that has not answered by now does not. */
#define AGENT_MS 5000

struct offer {
	struct pl_slice blob;         /* the key or certificate; n 0: only the private half tells */
	const struct pl_buf *line;    /* its text, for libssh2; NULL: as blob */
	const struct pl_ssh_key *key; /* the file that signs, or NULL */
	struct pl_slice agent;        /* the agent's key that signs; n 0: the file does */
};

struct login {
	struct pl_ssh_hop *hop;
	struct pl_ssh_agent agent;
	const struct pl_ssh_key *files[FILES_MAX];
	size_t file_count;
	struct offer offers[OFFERS_MAX];
	size_t count;
	size_t from_agent;          /* keys of the agent that were not taken */
	struct pl_buf tried, notes; /* files that were not, and what else the user is told then */
	struct pl_err failed;       /* of a signature */
};

static struct pl_slice of(const struct pl_buf *b)
{
	return (struct pl_slice){ b->data, b->len };
}

static bool same(struct pl_slice a, struct pl_slice b)
{
	return a.n && a.n == b.n && !memcmp(a.p, b.p, a.n);
}

static void note(struct login *l, const char *what, const char *why)
{
	pl_buf_addf(&l->notes, "; %s: %s", what, why);
}

/* ---- what is offered ---- */

static void offer(struct login *l, struct offer o)
{
	for (size_t i = 0; i < l->count; i++)
		if (o.blob.n && same(l->offers[i].blob, o.blob))
			return;
	if (o.blob.n && !pl_ssh_hop_offers(l->hop, o.blob)) {
		note(l, o.key ? o.key->path : l->hop->host->identity_agent,
		     "a key is not offered (PubkeyAcceptedAlgorithms, RequiredRSASize)");
		return;
	}
	if (l->count < OFFERS_MAX)
		l->offers[l->count++] = o;
}

/* The agent's key with this public half, or n 0. */
static struct pl_slice in_agent(const struct login *l, struct pl_slice blob)
{
	for (size_t i = 0; i < l->agent.count; i++)
		if (same(l->agent.keys[i], blob))
			return l->agent.keys[i];
	return (struct pl_slice){ NULL, 0 };
}

static bool usable(const struct pl_ssh_key *key)
{
	return key->text.len && !*key->problem;
}

/* Is it the certificate of that key?  Behind its nonce stands what stands behind the key's type. */
static bool certifies(struct pl_slice cert, struct pl_slice key)
{
	struct pl_slice skipped;

	return pl_ssh_take_string(&cert, &skipped) && pl_ssh_take_string(&cert, &skipped) &&
	       pl_ssh_take_string(&key, &skipped) && key.n && cert.n >= key.n && !memcmp(cert.p, key.p, key.n);
}

static void offer_certificate(struct login *l, struct pl_slice cert, const struct pl_buf *line,
			      const struct pl_ssh_key *key)
{
	struct pl_slice agent = in_agent(l, of(&key->blob));

	if (agent.n || usable(key))
		offer(l, (struct offer){ cert, line, key, agent });
}

/* CertificateFile: the key it certifies is one of the identity files. */
static void offer_certificate_file(struct login *l, const char *path)
{
	struct pl_ssh_keys *keys = l->hop->conn->keys;
	const struct pl_ssh_key *cert = pl_ssh_keys_get(keys, path);

	if (!cert->blob.len)
		note(l, path, *cert->problem ? cert->problem : "it is no certificate");
	for (size_t i = 0; i < l->file_count; i++)
		if (cert->blob.len && certifies(of(&cert->blob), of(&l->files[i]->blob)))
			offer_certificate(l, of(&cert->blob), &cert->line, l->files[i]);
}

static void gather(struct login *l)
{
	const struct pl_ssh_host *host = l->hop->host;

	for (const char *const *f = host->identity_files; f && *f && l->file_count < FILES_MAX; f++)
		l->files[l->file_count++] = pl_ssh_keys_get(l->hop->conn->keys, *f);
	for (const char *const *c = host->certificate_files; c && *c; c++)
		offer_certificate_file(l, *c);
	for (size_t i = 0; i < l->file_count; i++)
		if (l->files[i]->cert.len)
			offer_certificate(l, of(&l->files[i]->cert), &l->files[i]->cert_line, l->files[i]);
	for (size_t i = 0; i < l->file_count; i++) {
		struct pl_slice key = in_agent(l, of(&l->files[i]->blob));

		if (key.n)
			offer(l, (struct offer){ key, NULL, NULL, key });
	}
	for (size_t i = 0; !host->identities_only && i < l->agent.count; i++)
		offer(l, (struct offer){ l->agent.keys[i], NULL, NULL, l->agent.keys[i] });
	for (size_t i = 0; i < l->file_count; i++)
		if (usable(l->files[i]))
			offer(l, (struct offer){ of(&l->files[i]->blob), &l->files[i]->line, l->files[i], { NULL, 0 } });
		else if ((host->identities_set || !l->files[i]->absent) && *l->files[i]->problem)
			note(l, l->files[i]->path, l->files[i]->problem);
}

static int open_agent(struct login *l, struct pl_err *err)
{
	const char *path = l->hop->host->identity_agent;
	struct pl_wait w = pl_wait_within(l->hop->conn->w, AGENT_MS);
	struct pl_err failed = PL_ERR_INIT;

	if (!path || !pl_ssh_agent_open(&l->agent, path, &w, &failed))
		return 0;
	if (failed.code == PL_E_STOPPED) {
		*err = failed;
		return -1;
	}
	note(l, path, failed.text);
	return 0;
}

/* ---- offers ---- */

/* What a login that libssh2 makes signs (RFC 4252, section 7): the method's name stands in it. */
static struct pl_slice algorithm_of(struct pl_slice data)
{
	struct pl_slice skipped, name = { "", 0 };

	if (pl_ssh_take_string(&data, &skipped) && data.n) {
		data.p++;
		data.n--;
		if (pl_ssh_take_string(&data, &skipped) && pl_ssh_take_string(&data, &skipped) &&
		    pl_ssh_take_string(&data, &skipped) && data.n) {
			data.p++;
			data.n--;
			(void)pl_ssh_take_string(&data, &name);
		}
	}
	return name;
}

struct signing {
	struct login *login;
	const struct offer *offer;
	bool asked; /* the server takes the key: it wants a signature */
};

static LIBSSH2_USERAUTH_PUBLICKEY_SIGN_FUNC(sign_by_agent)
{
	struct signing *s = *abstract;
	struct login *l = s->login;
	struct pl_slice bytes = { (const char *)data, data_len };
	pl_auto_buf out = PL_BUF_INIT;

	(void)session;
	if (pl_ssh_agent_sign(&l->agent, s->offer->agent, bytes, algorithm_of(bytes), &l->hop->conn->w, &out,
			      &l->failed))
		return -1;
	*sig_len = out.len;
	*sig = (unsigned char *)pl_buf_detach(&out);
	return 0;
}

/* For an offer whose passphrase is only asked for when the server would take the key. */
static LIBSSH2_USERAUTH_PUBLICKEY_SIGN_FUNC(sign_later)
{
	struct signing *s = *abstract;

	(void)session;
	(void)sig;
	(void)sig_len;
	(void)data;
	(void)data_len;
	s->asked = true;
	return -1;
}

/* Until libssh2 is done with an offer; 1: the wait failed, and says why. */
static int offer_blob(struct login *l, struct signing *s,
		      LIBSSH2_USERAUTH_PUBLICKEY_SIGN_FUNC((*sign)), struct pl_err *err)
{
	struct pl_ssh_hop *h = l->hop;
	void *abstract = s;
	int rc;

	while ((rc = libssh2_userauth_publickey(h->session, h->host->user, (const unsigned char *)s->offer->blob.p,
						s->offer->blob.n, sign, &abstract)) == LIBSSH2_ERROR_EAGAIN)
		if (pl_ssh_link_wait(&h->conn->link, err))
			return 1;
	return rc;
}

static int offer_file(struct login *l, const struct offer *o, const char *passphrase, struct pl_err *err)
{
	struct pl_ssh_hop *h = l->hop;
	const struct pl_buf *text = &o->key->text, *line = o->line && o->line->len ? o->line : NULL;
	int rc;

	while ((rc = libssh2_userauth_publickey_frommemory(h->session, h->host->user, strlen(h->host->user),
							   line ? line->data : NULL, line ? line->len : 0, text->data,
							   text->len, passphrase)) == LIBSSH2_ERROR_EAGAIN)
		if (pl_ssh_link_wait(&h->conn->link, err))
			return 1;
	return rc;
}

/* Did libssh2 fail to open the key?  Of a key whose public half is known it only says so in words. */
static bool still_locked(const struct login *l, int rc)
{
	char *text = NULL;

	libssh2_session_last_error(l->hop->session, &text, NULL, 0);
	return rc == LIBSSH2_ERROR_FILE || rc == LIBSSH2_ERROR_KEYFILE_AUTH_FAILED ||
	       (rc == LIBSSH2_ERROR_PUBLICKEY_UNVERIFIED && text && strstr(text, "Callback returned error"));
}

/* A key that a passphrase protects: the server is asked before the person is. */
static int offer_encrypted(struct login *l, const struct offer *o, struct pl_err *err)
{
	struct pl_ssh_conn *c = l->hop->conn;
	struct signing s = { l, o, false };
	char passphrase[PL_SSH_PASSPHRASE_SIZE];
	unsigned nth = 0;
	int rc;

	if (o->blob.n) {
		rc = offer_blob(l, &s, sign_later, err);
		if (!s.asked || rc == 1)
			return rc;
	}
	do {
		if (l->hop->host->batch_mode) {
			note(l, o->key->path, "it needs a passphrase, and BatchMode is set");
			return LIBSSH2_ERROR_KEYFILE_AUTH_FAILED;
		}
		if (pl_ssh_keys_passphrase(c->keys, o->key, c->opt, &c->w, &nth, passphrase, &l->failed)) {
			note(l, o->key->path, l->failed.text);
			*err = l->failed;
			return l->failed.code == PL_E_AUTH ? LIBSSH2_ERROR_KEYFILE_AUTH_FAILED : 1;
		}
		c->link.w = c->w;
		rc = offer_file(l, o, passphrase, err);
		explicit_bzero(passphrase, sizeof passphrase);
	} while (still_locked(l, rc));
	return rc;
}

static bool is_rsa(const struct offer *o)
{
	struct pl_slice blob = o->blob, type;

	return pl_ssh_take_string(&blob, &type) && type.n >= 7 && !memcmp(type.p, "ssh-rsa", 7);
}

static bool others_left(const struct login *l, size_t from)
{
	while (from < l->count)
		if (!is_rsa(&l->offers[from++]))
			return true;
	return false;
}

static void remember(struct login *l, const struct offer *o)
{
	if (!o->key) {
		l->from_agent++;
		return;
	}
	pl_buf_addf(&l->tried, "%s%s", l->tried.len ? ", " : "", o->key->path);
	if (o->line == &o->key->cert_line)
		pl_buf_adds(&l->tried, " (its certificate)");
}

static int refused(struct login *l, const char *takes, struct pl_err *err)
{
	pl_auto_buf text = PL_BUF_INIT;

	if (!l->count)
		pl_buf_addf(&text, "there is no key to log in with as '%s'", l->hop->host->user);
	else
		pl_buf_addf(&text, "'%s' is not let in with %s", l->hop->host->user, l->tried.data);
	if (l->from_agent)
		pl_buf_addf(&text, "%s%zu key%s of the agent", l->tried.len ? " and " : "", l->from_agent,
			    l->from_agent == 1 ? "" : "s");
	if (takes)
		pl_buf_addf(&text, "; the server takes %s", takes);
	pl_buf_adds(&text, l->notes.data);
	return pl_err_set(err, PL_E_AUTH, "%s", text.data);
}

/* The server ended the connection: mostly because it has seen too many keys. */
static int ended(struct login *l, struct pl_err *err)
{
	struct pl_ssh_hop *h = l->hop;

	if (!l->count || h->conn->link.why.code != PL_E_NONE || !*h->goodbye)
		return pl_ssh_hop_fail(h, "login", err);
	refused(l, NULL, err);
	return pl_err_set(err, PL_E_AUTH, "%s; the server said: %s.  IdentitiesOnly and IdentityFile choose a key",
			  err->text, h->goodbye);
}

/*
 * Can the session go on after an offer that failed?  libssh2 says the same of a refusal and of a reply that
 * broke the protocol; after the latter it must not be used again (1.11.1 then reads where nothing is).
 */
static bool goes_on(const struct login *l, int rc, uint64_t received)
{
	static const char *const words[] = { "Invalid signature", "Callback returned error", NULL };
	const struct pl_ssh_hop *h = l->hop;
	char *text = NULL;

	libssh2_session_last_error(h->session, &text, NULL, 0);
	if (h->gone || h->conn->link.ended)
		return false;
	if (rc == LIBSSH2_ERROR_AUTHENTICATION_FAILED || h->conn->link.received == received)
		return true;
	for (size_t i = 0; words[i]; i++)
		if (rc == LIBSSH2_ERROR_PUBLICKEY_UNVERIFIED && text && strstr(text, words[i]))
			return true;
	return rc == LIBSSH2_ERROR_KEYFILE_AUTH_FAILED || rc == LIBSSH2_ERROR_METHOD_NONE;
}

/* 0: logged in; 1: not with this one; -1: err says why there is no use in going on. */
static int try(struct login *l, const struct offer *o, struct pl_err *err)
{
	struct pl_ssh_hop *h = l->hop;
	struct signing s = { l, o, false };
	uint64_t received = h->conn->link.received;
	int rc;

	l->failed = (struct pl_err)PL_ERR_INIT;
	rc = o->agent.n ? offer_blob(l, &s, sign_by_agent, err) :
	     o->key->encrypted ? offer_encrypted(l, o, err) : offer_file(l, o, NULL, err);
	if (rc == 1)
		return err->code == PL_E_STOPPED ? -1 : pl_err_wrap(err, "login");
	if (!rc)
		return 0;
	if (l->failed.code == PL_E_STOPPED || l->failed.code == PL_E_TIMEOUT) {
		*err = l->failed;
		return -1;
	}
	if (l->failed.code != PL_E_NONE && o->agent.n)
		note(l, h->host->identity_agent, l->failed.text);
	remember(l, o);
	if (!goes_on(l, rc, received))
		return ended(l, err);
	if (rc == LIBSSH2_ERROR_METHOD_NONE && others_left(l, (size_t)(o - l->offers) + 1)) {
		h->no_rsa = true;
		h->conn->again = PL_SSH_AGAIN_NO_RSA;
		return pl_err_set(err, PL_E_AUTH, "the server takes no RSA keys");
	}
	return 1;
}

/* ---- the end ---- */

/* Asks what the server would take; some (a VPN's own) need no key at all, and let in whoever asks. */
static int last_resort(struct login *l, struct pl_err *err)
{
	struct pl_ssh_hop *h = l->hop;
	const char *takes;

	while (!(takes = libssh2_userauth_list(h->session, h->host->user, (unsigned)strlen(h->host->user))) &&
	       libssh2_session_last_errno(h->session) == LIBSSH2_ERROR_EAGAIN)
		if (pl_ssh_link_wait(&h->conn->link, err))
			return err->code == PL_E_STOPPED ? -1 : pl_err_wrap(err, "login");
	if (!takes && libssh2_userauth_authenticated(h->session))
		return 0;
	return takes ? refused(l, takes, err) : ended(l, err);
}

static int log_in(struct login *l, struct pl_err *err)
{
	struct pl_ssh_hop *h = l->hop;

	if (h->host->pubkey_authentication) {
		if (open_agent(l, err))
			return -1;
		gather(l);
	}
	for (size_t i = 0; i < l->count; i++) {
		int rc = h->no_rsa && is_rsa(&l->offers[i]) ? 1 : try(l, &l->offers[i], err);

		if (rc <= 0)
			return rc;
	}
	return last_resort(l, err);
}

int pl_ssh_hop_login(struct pl_ssh_hop *h, struct pl_err *err)
{
	struct login l = { .hop = h, .agent = PL_SSH_AGENT_INIT, .tried = PL_BUF_INIT, .notes = PL_BUF_INIT };
	int rc = log_in(&l, err);

	pl_ssh_agent_close(&l.agent);
	pl_buf_release(&l.tried);
	pl_buf_release(&l.notes);
	return rc;
}
