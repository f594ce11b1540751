/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prints as JSON what a kubeconfig comes to, secrets included, so that tests can compare it with other
 * clients.  usage: kubeconfig_show [--kubeconfig FILE] [--context NAME] [--pod FOLDER] [--ask N]
 * [--listen] [--seconds N]; --ask prints the credential of N calls too, those after the first refused.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec/codec.h"
#include "json/write.h"
#include "kubernetes/config_internal.h"

struct arguments {
	struct pl_kube_config_options options;
	int64_t ask, seconds;
};

static void say(void *ctx, struct pl_slice text)
{
	fwrite(text.p, 1, text.n, ctx);
}

static bool parse(int argc, char **argv, struct arguments *a)
{
	for (int i = 1; i < argc; i++) {
		const char *value = i + 1 < argc ? argv[i + 1] : "";

		if (!strcmp(argv[i], "--listen")) {
			a->options.heard = say;
			a->options.heard_ctx = stderr;
			continue;
		}
		if (!strcmp(argv[i], "--kubeconfig"))
			a->options.file = value;
		else if (!strcmp(argv[i], "--context"))
			a->options.context = value;
		else if (!strcmp(argv[i], "--pod"))
			a->options.pod = value;
		else if (strcmp(argv[i], "--ask") || !pl_parse_i64(value, &a->ask))
			if (strcmp(argv[i], "--seconds") || !pl_parse_i64(value, &a->seconds))
				return false;
		i++;
	}
	return true;
}

static void member_bytes(struct pl_json_out *w, const char *key, struct pl_slice bytes)
{
	pl_auto_buf b = PL_BUF_INIT;

	if (!bytes.n)
		return;
	pl_base64_encode(bytes.p, bytes.n, &b);
	pl_json_member(w, key, b.data);
}

static void write_texts(struct pl_json_out *w, const char *key, const char *const *texts)
{
	pl_json_member_open(w, key, '[');
	for (; *texts; texts++)
		pl_json_str(w, *texts);
	pl_json_close(w, ']');
}

static void write_config(struct pl_json_out *w, const struct pl_kube_config *c)
{
	pl_json_member_opt(w, "context", c->context);
	pl_json_member(w, "cluster", c->cluster);
	pl_json_member(w, "user", c->user);
	pl_json_member_opt(w, "file", c->file);
	pl_json_member_int(w, "line", c->line);
	pl_json_member(w, "server", c->server);
	member_bytes(w, "ca", c->ca);
	pl_json_member_opt(w, "server_name", c->server_name);
	pl_json_member_opt(w, "proxy", c->proxy);
	pl_json_member_bool(w, "insecure", c->insecure);
	pl_json_member_bool(w, "plain", c->plain);
	pl_json_member_bool(w, "no_compression", c->no_compression);
	write_texts(w, "headers", c->headers);
	pl_json_member_open(w, "hint", '{');
	pl_json_member_opt(w, "distribution", c->hint.distribution);
	pl_json_member_opt(w, "account", c->hint.account);
	pl_json_member_opt(w, "group", c->hint.group);
	pl_json_member_opt(w, "location", c->hint.location);
	pl_json_member_opt(w, "name", c->hint.name);
	pl_json_close(w, '}');
}

static void write_login(struct pl_json_out *w, const struct pl_kube_login *l)
{
	static const char *const modes[] = { "Never", "IfAvailable", "Always" };

	pl_json_member_opt(w, "token", l->token);
	pl_json_member_opt(w, "token_file", l->token_file);
	member_bytes(w, "cert", l->cert);
	member_bytes(w, "key", l->key);
	if (!l->exec)
		return;
	pl_json_member_open(w, "exec", '{');
	write_texts(w, "argv", l->exec->argv);
	write_texts(w, "env", l->exec->env);
	pl_json_member(w, "version", l->exec->version);
	pl_json_member_opt(w, "hint", l->exec->hint);
	pl_json_member(w, "mode", modes[l->exec->mode]);
	pl_json_member_bool(w, "provide_cluster", l->exec->provide_cluster);
	pl_json_close(w, '}');
}

static void write_credential(struct pl_json_out *w, const struct pl_kube_credential *c)
{
	pl_json_open(w, '{');
	pl_json_member_opt(w, "bearer", c->bearer);
	member_bytes(w, "cert", c->cert);
	member_bytes(w, "key", c->key);
	pl_json_member_bool(w, "changed", c->changed);
	pl_json_close(w, '}');
}

static int run(const struct arguments *a, struct pl_buf *out, struct pl_err *err)
{
	struct pl_wait w = pl_wait_for(a->seconds * 1000, -1);
	pl_auto_kube_config c = PL_KUBE_CONFIG_INIT;
	struct pl_json_out j = PL_JSON_OUT(out);

	if (pl_kube_config_load(&a->options, &w, &c, err))
		return -1;
	pl_json_open(&j, '{');
	write_config(&j, &c);
	write_login(&j, c.login);
	pl_json_member_open(&j, "credentials", '[');
	for (int64_t i = 0; i < a->ask; i++) {
		struct pl_kube_credential got = { 0 };

		if (pl_kube_credential(&c, i > 0, &w, &got, err))
			return -1;
		write_credential(&j, &got);
	}
	pl_json_close(&j, ']');
	pl_json_close(&j, '}');
	return 0;
}

int main(int argc, char **argv)
{
	struct arguments a = { .seconds = 60 };
	pl_auto_buf out = PL_BUF_INIT;
	struct pl_err err = PL_ERR_INIT;

	signal(SIGPIPE, SIG_IGN);
	if (!parse(argc, argv, &a))
		return 2;
	if (run(&a, &out, &err)) {
		fprintf(stderr, "%s: %s\n", pl_err_word(err.code), err.text);
		return 1;
	}
	puts(out.data);
	return 0;
}
