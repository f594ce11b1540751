/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Credential plugins: what is said when they fail, that secrets stay hidden, deadlines, and that nothing
 * is left of them.  What they are told and what is taken from them is compared with kubectl's in
 * tests/kubeconfig.
 */
#include "kubeconfig.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

#include "base/limits.h"

#define GROUP "client.authentication.k8s.io/"
#define CREDENTIAL(status) "echo '{\"apiVersion\": \"" GROUP "v1\", \"kind\": \"ExecCredential\", \"status\": " status "}'"

static void put_plugin(const char *script, const char *more)
{
	pl_auto_buf b = PL_BUF_INIT;

	pl_buf_addf(&b, "#!/bin/sh\n%s\n", script);
	put("plugin", b.data);
	pl_buf_truncate(&b, 0);
	pl_buf_addf(&b, "current-context: here\ncontexts: [{name: here, context: {cluster: c, user: u}}]\n"
			"clusters: [{name: c, cluster: {server: 'https://h'}}]\n"
			"users: [{name: u, user: {exec: {apiVersion: " GROUP "v1, interactiveMode: Never, %s}}}]\n", more);
	put("config", b.data);
}

/* The first credential of what was put. */
static int ask(const struct pl_wait *w, struct pl_kube_config *c, struct pl_kube_credential *got, struct pl_err *err)
{
	struct pl_wait minute = pl_wait_for(MINUTE, -1);

	assert_int_equal(load_from("config", NULL, c, err), 0);
	return pl_kube_credential(c, false, w ? w : &minute, got, err);
}

static void nothing_is_left(void)
{
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

#define FAILED "the credential plugin 'HERE/plugin' of user 'u' failed (exit status "
#define GAVE "the credential plugin 'HERE/plugin' of user 'u' "

static void says_what_is_wrong(void **state)
{
	static const struct {
		const char *script, *more, *text;
		enum pl_err_code code;
	} rows[] = {
		{ "exit 1", "command: ./plugin", FAILED "1): it said nothing", PL_E_AUTH },
		{ "kill -9 $$", "command: ./plugin", FAILED "137): it said nothing", PL_E_AUTH },
		{ "echo CANARY; echo no >&2; exit 2", "command: ./plugin", FAILED "2): no", PL_E_AUTH },
		{ "printf '\\n a\\r\\n\\n\\tb\\nc \\nd\\ne\\n\\n' >&2; exit 2", "command: ./plugin", FAILED "2): a; b; c ; ...; e",
		  PL_E_AUTH },
		{ "printf '\\033[31mred\\033[0m' >&2; exit 2", "command: ./plugin", FAILED "2): \\x1b[31mred\\x1b[0m", PL_E_AUTH },
		{ "set -x; : \"$A_TOKEN\" \"$@\"; exit 3",
		  "command: ./plugin, env: [{name: A_TOKEN, value: CANARY1}], args: [--password, CANARY2, --token=CANARY3]",
		  FAILED "3): + : *** --password *** --token=***; + exit 3", PL_E_AUTH },
		{ "", "command: ./plugin", GAVE "printed nothing", PL_E_AUTH },
		{ "echo CANARY", "command: ./plugin", GAVE "printed something else than JSON", PL_E_AUTH },
		{ "echo '[\"CANARY\"]'", "command: ./plugin", GAVE "printed something else than an ExecCredential", PL_E_AUTH },
		{ "echo '{\"kind\": \"ExecCredential\", \"apiVersion\": \"CANARY\"}'", "command: ./plugin",
		  GAVE "printed an ExecCredential of another apiVersion than the kubeconfig asks for: let its tool write the entry "
		       "anew", PL_E_AUTH },
		{ CREDENTIAL("null"), "command: ./plugin", GAVE "printed an ExecCredential without a status", PL_E_AUTH },
		{ CREDENTIAL("{\"token\": [\"CANARY\"]}"), "command: ./plugin",
		  GAVE "printed a status whose members are no texts", PL_E_AUTH },
		{ CREDENTIAL("{}"), "command: ./plugin", GAVE "gave neither a token nor a certificate", PL_E_AUTH },
		{ CREDENTIAL("{\"clientKeyData\": \"CANARY\"}"), "command: ./plugin", GAVE "gave only one of certificate and key",
		  PL_E_AUTH },
		{ CREDENTIAL("{\"clientKeyData\": \"CANARY\", \"clientCertificateData\": \"CANARY\"}"), "command: ./plugin",
		  GAVE "gave a certificate or key that is no PEM", PL_E_AUTH },
		{ CREDENTIAL("{\"token\": \"CANARY CANARY\"}"), "command: ./plugin", GAVE "gave a token that cannot be one",
		  PL_E_AUTH },
		{ CREDENTIAL("{\"token\": \"CANARY\", \"expirationTimestamp\": \"CANARY\"}"), "command: ./plugin",
		  GAVE "gave an expirationTimestamp that is no time", PL_E_AUTH },
		{ "yes CANARY", "command: ./plugin", "the credential plugin of user 'u': 'HERE/plugin' printed more than 1048576 "
						     "bytes", PL_E_LIMIT },
		{ "", "command: ./none", "config:4: the credential plugin of user 'u': 'HERE/none' cannot be run: No such file or "
					 "directory", PL_E_AUTH },
		{ "", "command: pl-none, installHint: \"Install it:\\n\\n  from\\there\\n\"",
		  "config:4: the credential plugin of user 'u': 'pl-none' cannot be run: No such file or directory; Install it: from "
		  "here", PL_E_AUTH },
		{ "", "command: ./config, args: [--token, CANARY]",
		  "config:4: the credential plugin of user 'u': 'HERE/config' cannot be run: Permission denied", PL_E_AUTH },
		{ "", "command: gke-gcloud-auth-plugin",
		  "config:4: the credential plugin of user 'u': 'gke-gcloud-auth-plugin' cannot be run: No such file or directory; "
		  "run `gcloud components install gke-gcloud-auth-plugin`", PL_E_AUTH },
	};

	pl_auto_free char *path = pl_strndup(getenv("PATH"), strlen(getenv("PATH")));

	for (size_t i = 0; i < COUNT(rows); i++) {
		pl_auto_kube_config c = PL_KUBE_CONFIG_INIT;
		const char *here = strstr(rows[i].text, "HERE");
		struct pl_kube_credential got = { 0 };
		struct pl_err err = PL_ERR_INIT;
		pl_auto_buf text = PL_BUF_INIT;

		pl_buf_addf(&text, "%.*s%s%s", (int)(here ? here - rows[i].text : (ptrdiff_t)strlen(rows[i].text)), rows[i].text,
			    here ? (char *)*state : "", here ? here + 4 : "");
		put_plugin(rows[i].script, rows[i].more);
		assert_int_equal(chmod("config", 0600), 0);
		setenv("PATH", strstr(rows[i].more, "gke-") ? "/nowhere" : path, 1);
		assert_int_equal(ask(NULL, &c, &got, &err), -1);
		assert_string_equal(err.text, text.data);
		assert_int_equal(err.code, rows[i].code);
		assert_null(strstr(err.text, "CANARY"));
		nothing_is_left();
	}
	setenv("PATH", path, 1);
}

/* One line, whatever it says. */
static void long_words_are_cut(void **state)
{
	pl_auto_kube_config c = PL_KUBE_CONFIG_INIT;
	struct pl_kube_credential got = { 0 };
	struct pl_err err = PL_ERR_INIT;

	(void)state;
	put_plugin("yes long | head -c 100000 | tr -d '\\n' >&2; echo >&2; yes | head -n 100 >&2; exit 1", "command: ./plugin");
	assert_int_equal(ask(NULL, &c, &got, &err), -1);
	assert_true(strlen(err.text) < 700);
	assert_null(strchr(err.text, '\n'));
}

static void ends_with_the_deadline(void **state)
{
	static const char *const scripts[] = { "sleep 1000", "sleep 1000 & wait", "trap '' TERM; sleep 1000; sleep 1000",
					       "exec >&- 2>&-; sleep 1000" };

	(void)state;
	for (size_t i = 0; i < COUNT(scripts); i++) {
		pl_auto_kube_config c = PL_KUBE_CONFIG_INIT;
		struct pl_wait w = pl_wait_for(100, -1);
		struct pl_kube_credential got = { 0 };
		struct pl_err err = PL_ERR_INIT;

		put_plugin(scripts[i], "command: ./plugin");
		assert_int_equal(ask(&w, &c, &got, &err), -1);
		assert_int_equal(err.code, PL_E_TIMEOUT);
		assert_non_null(strstr(err.text, "plugin' did not end in time"));
		nothing_is_left();
	}
}

static void ends_with_the_run(void **state)
{
	pl_auto_kube_config c = PL_KUBE_CONFIG_INIT;
	struct pl_kube_credential got = { 0 };
	struct pl_err err = PL_ERR_INIT;
	struct pl_wait w;
	int stop[2];

	(void)state;
	put_plugin("sleep 1000", "command: ./plugin");
	assert_int_equal(pipe(stop), 0);
	assert_int_equal(write(stop[1], "x", 1), 1);
	w = pl_wait_for(MINUTE, stop[0]);
	assert_int_equal(ask(&w, &c, &got, &err), -1);
	assert_int_equal(err.code, PL_E_STOPPED);
	nothing_is_left();
	close(stop[0]);
	close(stop[1]);
}

/* A certificate that the plugin renews makes new connections necessary, a token does not. */
static void says_when_to_connect_anew(void **state)
{
	static const char script[] =
		"echo >>runs; n=$(wc -l <runs); k=$(((n + 1) / 2))\n"
		"printf '{\"apiVersion\": \"" GROUP "v1\", \"kind\": \"ExecCredential\", \"status\": {\"token\": \"t%d\", "
		"\"clientCertificateData\": \"-----BEGIN CERTIFICATE-----%d\", \"clientKeyData\": \"PRIVATE KEY-----\", "
		"\"expirationTimestamp\": \"2001-01-01T00:00:00Z\"}}' $n $k";
	static const struct {
		const char *token;
		bool changed;
	} rows[] = { { "t1", false }, { "t2", false }, { "t3", true }, { "t4", false } };
	pl_auto_kube_config c = PL_KUBE_CONFIG_INIT;
	struct pl_wait w = pl_wait_for(MINUTE, -1);
	struct pl_err err = PL_ERR_INIT;

	(void)state;
	put_plugin(script, "command: ./plugin");
	assert_int_equal(load_from("config", NULL, &c, &err), 0);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct pl_kube_credential got = { 0 };

		assert_int_equal(pl_kube_credential(&c, false, &w, &got, &err), 0);
		assert_string_equal(got.bearer, rows[i].token);
		assert_int_equal(got.changed, rows[i].changed);
		assert_true(got.cert.n > 0 && got.key.n > 0);
	}
}

/* What was good stays when the plugin fails to renew it, for who asks again later. */
static void a_failure_keeps_what_was_there(void **state)
{
	pl_auto_kube_config c = PL_KUBE_CONFIG_INIT;
	struct pl_wait w = pl_wait_for(MINUTE, -1);
	struct pl_kube_credential got = { 0 };
	struct pl_err err = PL_ERR_INIT;

	(void)state;
	put_plugin("[ -e ran ] && exit 1; : >ran\n" CREDENTIAL("{\"token\": \"first\"}"), "command: ./plugin");
	assert_int_equal(ask(NULL, &c, &got, &err), 0);
	assert_int_equal(pl_kube_credential(&c, true, &w, &got, &err), -1);
	assert_string_equal(got.bearer, "first");
	assert_int_equal(pl_kube_credential(&c, false, &w, &got, &err), 0);
	assert_string_equal(got.bearer, "first");
}

static size_t descriptors(void)
{
	DIR *d = opendir("/proc/self/fd");
	size_t n = 0;

	assert_non_null(d);
	while (readdir(d))
		n++;
	closedir(d);
	return n;
}

static void a_thousand_runs_leave_nothing(void **state)
{
	static const char *const scripts[] = { CREDENTIAL("{\"token\": \"t\"}"), "echo no >&2; exit 1", "yes", "sleep 1000" };
	size_t before, good = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(scripts); i++) {
		put_plugin(scripts[i], "command: ./plugin");
		for (size_t j = 0; j < 250; j++) {
			pl_auto_kube_config c = PL_KUBE_CONFIG_INIT;
			struct pl_kube_credential got = { 0 };
			struct pl_wait w = pl_wait_for(i == 3 ? 1 : MINUTE, -1);
			struct pl_err err = PL_ERR_INIT;

			before = i || j ? before : descriptors();
			good += !ask(&w, &c, &got, &err);
		}
	}
	assert_int_equal(good, 250);
	assert_int_equal(descriptors(), before);
	nothing_is_left();
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, enter_folder, leave_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(says_what_is_wrong),
		IN_FOLDER(long_words_are_cut),
		IN_FOLDER(ends_with_the_deadline),
		IN_FOLDER(ends_with_the_run),
		IN_FOLDER(says_when_to_connect_anew),
		IN_FOLDER(a_failure_keeps_what_was_there),
		IN_FOLDER(a_thousand_runs_leave_nothing),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
