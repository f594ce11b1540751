/* SPDX-License-Identifier: Apache-2.0 */
/* A credential plugin is run and its answer read: see exec.h. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/scalar.h"
#include "json/load.h"
#include "kubernetes/config_internal.h"
#include "net/process.h"

/* Of what a plugin said, a message shows the first lines and the last one, and no more bytes than this. */
enum { LINES = 3, SHOWN = 400 };

void pl_kube_exec_answer_release(struct pl_kube_exec_answer *a)
{
	pl_buf_wipe(&a->token);
	pl_buf_wipe(&a->cert);
	pl_buf_wipe(&a->key);
	a->expires = 0;
}

/* Plugins that people miss most, and where they come from (looked up 2026-11). */
static const struct {
	const char *command, *advice;
} known[] = {
	{ "aws", "install the AWS CLI, version 2" },
	{ "aws-iam-authenticator", "install aws-iam-authenticator, or run `aws eks update-kubeconfig`" },
	{ "gke-gcloud-auth-plugin", "run `gcloud components install gke-gcloud-auth-plugin`" },
	{ "kubelogin", "install kubelogin (`az aks install-cli`)" },
	{ "doctl", "install doctl" },
	{ "oci", "install the OCI CLI" },
	{ "tsh", "install Teleport's tsh" },
};

/* Texts of several lines on one: every run of white space becomes a space. */
static void add_flat(struct pl_buf *b, const char *text)
{
	bool gap = false;

	for (; *text; text++) {
		if (strchr(" \t\r\n\v\f", *text)) {
			gap = b->len > 0;
			continue;
		}
		if (gap)
			pl_buf_addc(b, ' ');
		gap = false;
		pl_buf_addc(b, *text);
	}
}

static int no_plugin(const struct pl_kube_exec *e, struct pl_err *err)
{
	pl_auto_buf hint = PL_BUF_INIT;

	if (e->hint)
		add_flat(&hint, e->hint);
	for (size_t i = 0; !hint.len && i < sizeof known / sizeof *known; i++)
		if (!strcmp(e->argv[0], known[i].command))
			pl_buf_adds(&hint, known[i].advice);
	err->code = PL_E_AUTH;
	pl_err_wrap(err, "%s:%d: the credential plugin of user '%s'", e->at->file, e->at->line, e->user);
	if (!hint.len)
		return -1;
	return pl_err_set(err, PL_E_AUTH, "%s; %.*s", err->text, SHOWN, hint.data);
}

/* Every place where the secret stands becomes "***"; short ones would hide half of everything. */
static void hide(struct pl_buf *text, const char *secret)
{
	size_t n = strlen(secret);
	char *p = text->data;

	if (n < 6)
		return;
	while ((p = strstr(p, secret))) {
		size_t rest = text->len - (size_t)(p - text->data) - n;

		memcpy(p, "***", 3);
		memmove(p + 3, p + n, rest);
		pl_buf_truncate(text, text->len - n + 3);
		p += 3;
	}
}

/* Values of variables and arguments whose names are a secret's. */
static void hide_secrets(const struct pl_kube_exec *e, struct pl_buf *text)
{
	for (const char *const *v = e->env; *v; v++) {
		const char *value = strchr(*v, '=');
		pl_auto_free char *name = pl_strndup(*v, (size_t)(value - *v));

		if (pl_secret_name(name))
			hide(text, value + 1);
	}
	for (const char *const *a = e->argv + 1; *a; a++) {
		const char *value = strchr(*a, '=');
		pl_auto_free char *name = pl_strndup(*a, value ? (size_t)(value - *a) : strlen(*a));

		if (**a == '-' && pl_secret_name(name + strspn(name, "-")) && (value || a[1]))
			hide(text, value ? value + 1 : a[1]);
	}
}

/* The next line that is not blank, and *p behind it; n 0: none is left. */
static struct pl_slice next_line(const char **p)
{
	struct pl_slice line;

	*p += strspn(*p, " \t\r\n");
	line = (struct pl_slice){ *p, strcspn(*p, "\r\n") };
	*p += line.n;
	return line;
}

/* The first lines of what it said, and the last, which is where Python says what it is about. */
static void add_said(struct pl_buf *b, const char *said)
{
	struct pl_slice line = next_line(&said), last = { said, 0 };

	for (size_t i = 0; line.n; i++, line = next_line(&said)) {
		if (i < LINES)
			pl_buf_addf(b, "%s" PL_SLICE_FMT, i ? "; " : "", PL_SLICE_ARG(line));
		else
			last = line;
	}
	if (b->len > SHOWN)
		pl_buf_truncate(b, SHOWN);
	if (last.n)
		pl_buf_addf(b, "; ...; %.*s", (int)(last.n < SHOWN / 2 ? last.n : SHOWN / 2), last.p);
}

static int failed(const struct pl_kube_exec *e, struct pl_process_end *end, struct pl_err *err)
{
	pl_auto_buf said = PL_BUF_INIT;

	hide_secrets(e, &end->said);
	add_said(&said, end->said.data);
	return pl_err_set(err, PL_E_AUTH, "the credential plugin '%s' of user '%s' failed (exit status %d): %s", e->argv[0],
			  e->user, end->status, said.len ? said.data : "it said nothing");
}

/* What it printed is secret: only what is missing in it is named. */
static int no_credential(const struct pl_kube_exec *e, const char *what, struct pl_err *err)
{
	return pl_err_set(err, PL_E_AUTH, "the credential plugin '%s' of user '%s' %s", e->argv[0], e->user, what);
}

static bool two_digits(const char *s, int most, int *out)
{
	if (!isdigit((unsigned char)s[0]) || !isdigit((unsigned char)s[1]))
		return false;
	*out = (s[0] - '0') * 10 + s[1] - '0';
	return *out <= most;
}

/* Seconds to add for "Z" or "+HH:MM" at the end of a time. */
static bool parse_zone(const char *s, int64_t *seconds)
{
	int h, m;

	*seconds = 0;
	if (!strcmp(s, "Z") || !strcmp(s, "z"))
		return true;
	if (strlen(s) != 6 || !strchr("+-", s[0]) || s[3] != ':' || !two_digits(s + 1, 23, &h) || !two_digits(s + 4, 59, &m))
		return false;
	*seconds = (s[0] == '+' ? -60 : 60) * (h * 60 + m);
	return true;
}

/* RFC 3339 as seconds since 1970; parts of a second are dropped. */
static bool parse_time(const char *s, int64_t *out)
{
	char date[11] = "";
	int64_t days, zone;
	int h, m, sec;

	if (strlen(s) < 20 || !strchr("Tt", s[10]) || s[13] != ':' || s[16] != ':')
		return false;
	memcpy(date, s, 10);
	if (!pl_date_parse(date, &days) || !two_digits(s + 11, 23, &h) || !two_digits(s + 14, 59, &m) ||
	    !two_digits(s + 17, 60, &sec))
		return false;
	s += 19;
	if (*s == '.')
		s += 1 + strspn(s + 1, "0123456789");
	if (!parse_zone(s, &zone))
		return false;
	*out = days * 86400 + h * 3600 + m * 60 + sec + zone;
	return true;
}

/* A member's text into b; false when it is something else. */
static bool get_text(const json_t *status, const char *key, struct pl_buf *b)
{
	const json_t *j = json_object_get(status, key);

	if (j && !json_is_null(j) && !json_is_string(j))
		return false;
	if (!json_is_string(j))
		return true;
	pl_buf_reserve_exact(b, json_string_length(j));
	pl_buf_add(b, json_string_value(j), json_string_length(j));
	return strlen(b->data) == b->len;
}

/* What is wrong with its status; NULL: nothing. */
static const char *read_status(const json_t *status, struct pl_kube_exec_answer *a)
{
	const json_t *expires = json_object_get(status, "expirationTimestamp");

	if (!json_is_object(status))
		return "printed an ExecCredential without a status";
	if (!get_text(status, "token", &a->token) || !get_text(status, "clientCertificateData", &a->cert) ||
	    !get_text(status, "clientKeyData", &a->key))
		return "printed a status whose members are no texts";
	if (!a->token.len && !a->cert.len && !a->key.len)
		return "gave neither a token nor a certificate";
	if (!a->cert.len != !a->key.len)
		return "gave only one of certificate and key";
	if (a->token.len && !pl_kube_is_token(a->token.data))
		return "gave a token that cannot be one";
	if (a->cert.len && (!strstr(a->cert.data, "-----BEGIN CERTIFICATE-----") || !strstr(a->key.data, "PRIVATE KEY-----")))
		return "gave a certificate or key that is no PEM";
	if (expires && !json_is_null(expires) &&
	    (!json_is_string(expires) || !parse_time(json_string_value(expires), &a->expires)))
		return "gave an expirationTimestamp that is no time";
	return NULL;
}

static const char *read_credential(const struct pl_kube_exec *e, const json_t *j, struct pl_kube_exec_answer *a)
{
	const char *version = pl_json_member_str(j, "apiVersion");

	if (!json_is_object(j) || !pl_streq(pl_json_member_str(j, "kind"), "ExecCredential"))
		return "printed something else than an ExecCredential";
	if (!pl_streq(version, e->version))
		return "printed an ExecCredential of another apiVersion than the kubeconfig asks for: let its tool write the "
		       "entry anew";
	return read_status(json_object_get(j, "status"), a);
}

int pl_kube_exec_answer_read(const struct pl_kube_exec *e, const struct pl_buf *printed,
			     struct pl_kube_exec_answer *out, struct pl_err *err)
{
	struct pl_kube_exec_answer a = PL_KUBE_EXEC_ANSWER_INIT;
	struct pl_err ignored = PL_ERR_INIT;
	pl_auto_json *j = printed->len ? pl_json_load((struct pl_slice){ printed->data, printed->len }, NULL, &ignored) : NULL;
	const char *what = !printed->len ? "printed nothing" : !j ? "printed something else than JSON" :
			   read_credential(e, j, &a);

	if (what) {
		pl_kube_exec_answer_release(&a);
		return no_credential(e, what, err);
	}
	*out = a;
	return 0;
}

static size_t count(const char *const *list)
{
	size_t n = 0;

	while (list[n])
		n++;
	return n;
}

static int run(const struct pl_kube_exec *e, struct pl_process_options *o, const char *info, const struct pl_wait *w,
	       struct pl_process_end *end, struct pl_err *err)
{
	pl_auto_buf variable = PL_BUF_INIT;
	size_t n = count(e->env);
	const char **env = pl_alloc((n + 2) * sizeof *env);
	int rc;

	pl_buf_addf(&variable, "KUBERNETES_EXEC_INFO=%s", info);
	memcpy(env, e->env, n * sizeof *env);
	env[n] = variable.data;
	o->argv = e->argv;
	o->env = env;
	rc = pl_process_run(o, w, end, err);
	free(env);
	if (rc && err->code == PL_E_INPUT)
		return no_plugin(e, err);
	return rc ? pl_err_wrap(err, "the credential plugin of user '%s'", e->user) : 0;
}

int pl_kube_exec_run(const struct pl_kube_config *c, const struct pl_wait *w, struct pl_kube_exec_answer *out,
		     struct pl_err *err)
{
	const struct pl_kube_login *l = c->login;
	const struct pl_kube_exec *e = l->exec;
	bool person = l->heard && isatty(STDIN_FILENO), ask = person && e->mode != PL_KUBE_EXEC_NEVER;
	struct pl_process_options o = { .terminal = ask, .max_out = PL_LIMIT_CREDENTIAL_BYTES,
					.max_said = PL_LIMIT_SAID_BYTES, .heard = l->heard, .heard_ctx = l->heard_ctx };
	pl_auto_process_end end = PL_PROCESS_END_INIT;
	pl_auto_free char *info = pl_kube_exec_info(e, c, ask);

	if (e->mode == PL_KUBE_EXEC_ALWAYS && !person)
		return no_credential(e, "asks a person (interactiveMode is Always) and standard input is no terminal; log in "
				     "by hand first, or use another way to log in", err);
	if (!info)
		return pl_err_set(err, PL_E_INTERNAL, "KUBERNETES_EXEC_INFO cannot be made");
	if (run(e, &o, info, w, &end, err))
		return -1;
	if (end.status)
		return failed(e, &end, err);
	return pl_kube_exec_answer_read(e, &end.out, out, err);
}
