/* SPDX-License-Identifier: Apache-2.0 */
/* The credential of the moment: see pl_kube_credential(). */
#include <string.h>
#include <time.h>

#include "base/limits.h"
#include "kubernetes/config_internal.h"
#include "net/file.h"

/* White space around it goes. */
static void trim(struct pl_buf *b)
{
	size_t start = strspn(b->data, " \t\r\n"), n = b->len;

	while (n > start && strchr(" \t\r\n", b->data[n - 1]))
		n--;
	memmove(b->data, b->data + start, n - start);
	pl_buf_truncate(b, n - start);
}

static int read_token_file(struct pl_kube_login *l, const struct pl_wait *w, struct pl_buf *out, struct pl_err *err)
{
	int rc = pl_file_read(l->token_file, PL_LIMIT_TOKEN_BYTES, w, out, err);

	if (rc > 0)
		return pl_err_set(err, PL_E_AUTH, "the token file '%s' does not exist", l->token_file);
	if (rc < 0) {
		if (err->code == PL_E_INPUT)
			err->code = PL_E_AUTH;
		return pl_err_wrap(err, "the token file");
	}
	if (out->len)
		trim(out);
	if (strlen(out->data) != out->len || !pl_kube_is_token(out->data))
		return pl_err_set(err, PL_E_AUTH, "the token file '%s' holds no token", l->token_file);
	return 0;
}

/* A token of the configuration stands in for a file that cannot be read, as with client-go. */
static int from_file(const struct pl_kube_config *c, bool refused, const struct pl_wait *w,
		     struct pl_kube_credential *out, struct pl_err *err)
{
	struct pl_kube_login *l = c->login;
	pl_auto_wiped token = PL_BUF_INIT;
	bool same;

	if (read_token_file(l, w, &token, err)) {
		if (!l->token || err->code == PL_E_STOPPED || err->code == PL_E_TIMEOUT)
			return -1;
		out->bearer = l->token;
		return refused ? -1 : 0;
	}
	same = token.len == l->read_token.len && !memcmp(token.data, l->read_token.data, token.len);
	if (refused && same)
		return pl_err_set(err, PL_E_AUTH, "%s does not take the token in '%s'", c->server, l->token_file);
	pl_buf_wipe(&l->read_token);
	l->read_token = token;
	token = (struct pl_buf)PL_BUF_INIT;
	out->bearer = l->read_token.data;
	return 0;
}

static bool same_text(const struct pl_buf *a, const struct pl_buf *b)
{
	return a->len == b->len && !memcmp(a->data, b->data, a->len);
}

static int run(struct pl_kube_config *c, const struct pl_wait *w, bool *changed, struct pl_err *err)
{
	struct pl_kube_login *l = c->login;
	struct pl_kube_exec_answer got = PL_KUBE_EXEC_ANSWER_INIT;

	if (pl_kube_exec_run(c, w, &got, err))
		return -1;
	*changed = l->ran && (!same_text(&got.cert, &l->got.cert) || !same_text(&got.key, &l->got.key));
	pl_kube_exec_answer_release(&l->got);
	l->got = got;
	l->ran = true;
	return 0;
}

static int from_plugin(struct pl_kube_config *c, bool refused, const struct pl_wait *w,
		       struct pl_kube_credential *out, struct pl_err *err)
{
	struct pl_kube_login *l = c->login;
	bool expired = l->got.expires && (int64_t)time(NULL) >= l->got.expires;

	if (refused && l->renewed)
		return pl_err_set(err, PL_E_AUTH, "%s does not take what the credential plugin '%s' gives, nor what it gave "
				  "when asked again", c->server, l->exec->argv[0]);
	if ((!l->ran || expired || refused) && run(c, w, &out->changed, err))
		return -1;
	l->renewed = refused;
	out->bearer = l->got.token.len ? l->got.token.data : NULL;
	out->cert = (struct pl_slice){ l->got.cert.data, l->got.cert.len };
	out->key = (struct pl_slice){ l->got.key.data, l->got.key.len };
	return 0;
}

/* There is nothing that could be had anew. */
static int refuse(const struct pl_kube_config *c, const struct pl_kube_credential *now, struct pl_err *err)
{
	if (c->plain)
		return pl_err_set(err, PL_E_AUTH, "%s asks for a login, and no credential is ever sent unencrypted: 'server' must "
				  "be https:", c->server);
	if (!now->bearer && !now->cert.n)
		return pl_err_set(err, PL_E_AUTH, "%s asks for a login, and context '%s' has none", c->server,
				  c->context ? c->context : "");
	return pl_err_set(err, PL_E_AUTH, "%s does not take the credentials of user '%s'", c->server, c->user);
}

int pl_kube_credential(struct pl_kube_config *c, bool refused, const struct pl_wait *w,
		       struct pl_kube_credential *out, struct pl_err *err)
{
	struct pl_kube_login *l = c->login;
	struct pl_kube_credential now = { .cert = l->cert, .key = l->key };
	int rc = 0;

	if (c->plain)
		now = (struct pl_kube_credential){ 0 };
	else if (l->exec)
		rc = from_plugin(c, refused, w, &now, err);
	else if (l->token_file)
		rc = from_file(c, refused, w, &now, err);
	else
		now.bearer = l->token;
	if (!rc && refused && (c->plain || (!l->exec && !l->token_file)))
		rc = refuse(c, &now, err);
	if (rc)
		return -1;
	*out = now;
	return 0;
}
