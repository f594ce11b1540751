/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kubeconfigs: what is refused and in which words, that no word is a secret, pods, pipes and limits.  That
 * what is taken is taken as kubectl takes it is tests/kubeconfig's to show.
 */
#include "kubeconfig.h"

#include <poll.h>

#include "base/limits.h"
#include "codec/codec.h"


/* A kubeconfig of one context, with these members of its cluster and user. */
static void put_config(const char *name, const char *cluster, const char *user)
{
	pl_auto_buf b = PL_BUF_INIT;

	pl_buf_addf(&b, "current-context: here\n"
			"contexts: [{name: here, context: {cluster: c, user: u}}, {name: there, context: {}}]\n"
			"clusters: [{name: c, cluster: {%s}}]\n"
			"users: [{name: u, user: {%s}}]\n", cluster, user);
	put(name, b.data);
}

#define SERVER "server: 'https://h'"
#define EXEC "apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never"

static void says_what_is_wrong_with_a_member(void **state)
{
	static const struct {
		const char *cluster, *user;
		enum pl_err_code code;
		const char *text;
	} rows[] = {
		{ "", "", PL_E_USAGE, "config:3: cluster 'c' has no 'server'" },
		{ "server: [a]", "", PL_E_USAGE, "config:3: 'server' must be a text" },
		{ "server: 'ftp://h'", "", PL_E_USAGE, "config:3: 'server' of cluster 'c' must be https://HOST[:PORT]" },
		{ "server: 'https://'", "", PL_E_USAGE, "config:3: 'server' of cluster 'c' must be https://HOST[:PORT]" },
		{ "server: 'https://h:0'", "", PL_E_USAGE, "config:3: 'server' of cluster 'c' must be https://HOST[:PORT]" },
		{ "server: \"https://h\\r\\nX: y\"", "", PL_E_USAGE,
		  "config:3: 'server' of cluster 'c' must be https://HOST[:PORT]" },
		{ "server: 'https://a:CANARY@h'", "", PL_E_AUTH,
		  "config:3: 'server' holds a user name: basic authentication was removed in Kubernetes 1.19; use a token, a "
		  "client certificate or a credential plugin" },
		{ SERVER ", proxy-url: 'CANARY'", "", PL_E_USAGE,
		  "config:3: 'proxy-url' of cluster 'c' must begin with http://, https:// or socks5://" },
		{ SERVER ", proxy-url: 'socks4://a:CANARY@p'", "", PL_E_USAGE,
		  "config:3: 'proxy-url' of cluster 'c' must begin with http://, https:// or socks5://" },
		{ SERVER ", insecure-skip-tls-verify: 'true'", "", PL_E_USAGE,
		  "config:3: 'insecure-skip-tls-verify' must be true or false" },
		{ SERVER ", disable-compression: 1", "", PL_E_USAGE, "config:3: 'disable-compression' must be true or false" },
		{ SERVER ", certificate-authority: none.crt", "", PL_E_INPUT,
		  "config:3: 'certificate-authority' names 'HERE/none.crt', which does not exist" },
		{ SERVER ", certificate-authority: .", "", PL_E_INPUT,
		  "config:3: 'certificate-authority': 'HERE' cannot be read: Is a directory" },
		{ SERVER ", certificate-authority: config", "", PL_E_USAGE,
		  "config:3: what 'certificate-authority' names holds no certificate as PEM" },
		{ SERVER ", certificate-authority-data: '*CANARY'", "", PL_E_USAGE,
		  "config:3: 'certificate-authority-data' is no base64" },
		{ SERVER ", certificate-authority-data: CANARYQ0FOQVJZ", "", PL_E_USAGE,
		  "config:3: what 'certificate-authority-data' encodes holds no certificate as PEM" },
		{ SERVER ", certificate-authority-data: Q0FO, certificate-authority: x", "", PL_E_USAGE,
		  "config:3: both 'certificate-authority' and 'certificate-authority-data' are given: remove one" },
		{ SERVER ", insecure-skip-tls-verify: true, certificate-authority: cert.pem", "", PL_E_USAGE,
		  "config:3: cluster 'c' has both insecure-skip-tls-verify and a certificate-authority: remove the first, or "
		  "kubectl will not take it either" },
		{ SERVER, "token: [CANARY]", PL_E_USAGE, "config:4: 'token' must be a text" },
		{ SERVER, "token: \"CANARY\\nCANARY\"", PL_E_USAGE, "config:4: what stands as 'token' of user 'u' cannot be one" },
		{ SERVER, "token: \"  \"", PL_E_USAGE, "config:4: what stands as 'token' of user 'u' cannot be one" },
		{ SERVER, "client-certificate: cert.pem", PL_E_USAGE,
		  "config:4: user 'u' has a client-certificate without a client-key" },
		{ SERVER, "client-certificate: cert.pem, client-key: cert.pem", PL_E_USAGE,
		  "config:4: what 'client-key' names holds no private key as PEM" },
		{ SERVER, "client-certificate: key.pem, client-key: key.pem", PL_E_USAGE,
		  "config:4: what 'client-certificate' names holds no certificate as PEM" },
		{ SERVER, "client-certificate: cert.pem, client-key: locked.pem", PL_E_USAGE,
		  "config:4: what 'client-key' names is encrypted, which no client of Kubernetes can use" },
		{ SERVER, "client-certificate: cert.pem, client-key: old.pem", PL_E_USAGE,
		  "config:4: what 'client-key' names is encrypted, which no client of Kubernetes can use" },
		{ SERVER, "username: a, password: CANARY", PL_E_AUTH,
		  "config:4: user 'u' has a password: basic authentication was removed in Kubernetes 1.19; use a token, a client "
		  "certificate or a credential plugin" },
		{ SERVER, "password: CANARY, token: CANARY", PL_E_AUTH,
		  "config:4: user 'u' has a password: basic authentication was removed in Kubernetes 1.19; use a token, a client "
		  "certificate or a credential plugin" },
		{ SERVER, "auth-provider: {name: gcp, config: {access-token: CANARY}}", PL_E_AUTH,
		  "config:4: user 'u' logs in by the legacy auth-provider 'gcp': install gke-gcloud-auth-plugin and run `gcloud "
		  "container clusters get-credentials` again" },
		{ SERVER, "auth-provider: {name: azure}", PL_E_AUTH,
		  "config:4: user 'u' logs in by the legacy auth-provider 'azure': install kubelogin (azure.github.io/kubelogin) "
		  "and run `kubelogin convert-kubeconfig`" },
		{ SERVER, "auth-provider: {name: oidc, config: {id-token: CANARY}}", PL_E_AUTH,
		  "config:4: user 'u' logs in by the legacy auth-provider 'oidc': use the plugin kubelogin "
		  "(github.com/int128/kubelogin, `kubectl oidc-login setup`)" },
		{ SERVER, "auth-provider: {name: openstack}", PL_E_AUTH,
		  "config:4: user 'u' logs in by the legacy auth-provider 'openstack': use the plugin client-keystone-auth of "
		  "cloud-provider-openstack" },
		{ SERVER, "auth-provider: {name: CANARY}", PL_E_AUTH,
		  "config:4: user 'u' logs in by an auth-provider, which Kubernetes has given up: use a credential plugin (exec)" },
		{ SERVER, "as-groups: [a]", PL_E_USAGE,
		  "config:4: user 'u' has as-uid, as-groups or as-user-extra without 'as'" },
		{ SERVER, "as: a, as-groups: a", PL_E_USAGE, "config:4: 'as-groups' must be a list" },
		{ SERVER, "as: a, as-groups: [\"a\\r\\nX: y\"]", PL_E_USAGE, "config:4: this cannot be sent as Impersonate-Group" },
		{ SERVER, "as: a, as-user-extra: {k: v}", PL_E_USAGE, "config:4: a value in 'as-user-extra' must be a list" },
		{ SERVER, "as: \"a\\nb\"", PL_E_USAGE, "config:4: 'as' or 'as-uid' of user 'u' cannot be sent in a header" },
		{ SERVER, "exec: x", PL_E_USAGE, "config:4: 'exec' must be a mapping" },
		{ SERVER, "exec: {command: a}", PL_E_USAGE, "config:4: the credential plugin of user 'u' has no 'apiVersion'" },
		{ SERVER, "exec: {" EXEC "}", PL_E_USAGE, "config:4: the credential plugin of user 'u' has no 'command'" },
		{ SERVER, "exec: {command: a, apiVersion: v1}", PL_E_USAGE,
		  "config:4: the credential plugin of user 'u' has an unknown 'apiVersion', needs client.authentication.k8s.io/v1 "
		  "or v1beta1" },
		{ SERVER, "exec: {command: a, apiVersion: client.authentication.k8s.io/v1alpha1}", PL_E_AUTH,
		  "config:4: the credential plugin of user 'u' is set to client.authentication.k8s.io/v1alpha1, which Kubernetes "
		  "1.24 removed: let its tool write the entry anew (`aws eks update-kubeconfig`, AWS CLI >= 2.7), or set v1beta1 "
		  "if it can do that" },
		{ SERVER, "exec: {command: a, apiVersion: client.authentication.k8s.io/v1}", PL_E_USAGE,
		  "config:4: the credential plugin of user 'u' needs an 'interactiveMode': Never, IfAvailable or Always" },
		{ SERVER, "exec: {command: a, " EXEC ", args: [[CANARY]]}", PL_E_USAGE,
		  "config:4: an item of 'args' must be a text" },
		{ SERVER, "exec: {command: a, " EXEC ", env: [{value: CANARY}]}", PL_E_USAGE,
		  "config:4: an item of 'env' must have a 'name'" },
		{ SERVER, "exec: {command: a, " EXEC ", env: [CANARY]}", PL_E_USAGE,
		  "config:4: an item of 'env' must have a 'name'" },
		{ SERVER, "exec: {command: a, " EXEC ", provideClusterInfo: maybe}", PL_E_USAGE,
		  "config:4: 'provideClusterInfo' must be true or false" },
	};

	put("cert.pem", "-----BEGIN CERTIFICATE-----\nCANARY\n-----END CERTIFICATE-----\n");
	put("key.pem", "-----BEGIN EC PRIVATE KEY-----\nCANARY\n-----END EC PRIVATE KEY-----\n");
	put("locked.pem", "-----BEGIN ENCRYPTED PRIVATE KEY-----\nCANARY\n-----END ENCRYPTED PRIVATE KEY-----\n");
	put("old.pem", "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nCANARY\n-----END RSA PRIVATE KEY-----\n");
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct pl_kube_config c = PL_KUBE_CONFIG_INIT;
		struct pl_err err = PL_ERR_INIT;
		const char *here = strstr(rows[i].text, "HERE");
		pl_auto_buf text = PL_BUF_INIT;

		pl_buf_addf(&text, "%.*s%s%s", (int)(here ? here - rows[i].text : (ptrdiff_t)strlen(rows[i].text)), rows[i].text,
			    here ? (char *)*state : "", here ? here + 4 : "");
		put_config("config", rows[i].cluster, rows[i].user);
		assert_int_equal(load_from("config", NULL, &c, &err), -1);
		assert_string_equal(err.text, text.data);
		assert_int_equal(err.code, rows[i].code);
		assert_null(strstr(err.text, "CANARY"));
	}
}

static void says_what_is_wrong_with_a_file(void **state)
{
	static const struct {
		const char *text, *context, *said;
		enum pl_err_code code;
	} rows[] = {
		{ "a: b: c\n", NULL, "config:1:5: mapping values are not allowed in this context", PL_E_USAGE },
		{ "CANARY", NULL, "config:1: this is no kubeconfig: it must be a mapping", PL_E_USAGE },
		{ "-----BEGIN PRIVATE KEY-----\nCANARY\n", NULL, "config:1: this is no kubeconfig: it must be a mapping",
		  PL_E_USAGE },
		{ "kind: Pod\n", NULL, "config:1: this is no kubeconfig: its kind must be Config", PL_E_USAGE },
		{ "clusters: {c: {}}\n", NULL, "config:1: 'clusters' must be a list", PL_E_USAGE },
		{ "users:\n- CANARY\n", NULL, "config:2: an entry of 'users' must have a name and a value", PL_E_USAGE },
		{ "users:\n- name: a\n- name: b\n- name: a\n", NULL, "config:4: 'a' stands in 'users' a second time (first on line 2)",
		  PL_E_USAGE },
		{ "users: [{name: []}]\n", NULL, "config:1: 'name' must be a text", PL_E_USAGE },
		{ "current-context: []\n", NULL, "config:1: 'current-context' must be a text", PL_E_USAGE },
		{ "", NULL, "config: no current-context is set; name one as k8s://CONTEXT; contexts: none", PL_E_USAGE },
		{ "contexts: [{name: a}, {name: b}]\n", NULL,
		  "config: no current-context is set; name one as k8s://CONTEXT; contexts: 'a', 'b'", PL_E_USAGE },
		{ "contexts: [{name: a}, {name: b}]\n", "c", "config: there is no context 'c'; contexts: 'a', 'b'", PL_E_USAGE },
		{ "contexts: [{name: 0},{name: 1},{name: 2},{name: 3},{name: 4},{name: 5},{name: 6},{name: 7},{name: 8},{name: 9},"
		  "{name: 10},{name: 11}]\ncurrent-context: x\n", NULL,
		  "config: there is no context 'x', which current-context names; contexts: '0', '1', '2', '3', '4', '5', '6', "
		  "'7', '8', '9' and 2 more", PL_E_USAGE },
		{ "contexts: [{name: a}]\n", "a", "config:1: context 'a' names no cluster; contexts: 'a'", PL_E_USAGE },
		{ "contexts: [{name: a, context: b}]\n", "a", "config:1: 'context' must be a mapping", PL_E_USAGE },
		{ "contexts:\n- name: a\n  context: {cluster: k}\n", "a",
		  "config:3: context 'a' names cluster 'k', which no kubeconfig has; contexts: 'a'", PL_E_USAGE },
		{ "clusters: [{name: k}]\ncontexts:\n- name: a\n  context: {cluster: k, user: u}\n", "a",
		  "config:4: context 'a' names user 'u', which no kubeconfig has; contexts: 'a'", PL_E_USAGE },
		{ "clusters: [{name: k, cluster: 5}]\ncontexts: [{name: a, context: {cluster: k}}]\n", "a",
		  "config:1: 'cluster' must be a mapping", PL_E_USAGE },
		{ "users: [{name: u, user: CANARY}]\nclusters: [{name: k}]\ncontexts: [{name: a, context: {cluster: k, user: u}}]\n",
		  "a", "config:1: 'user' must be a mapping", PL_E_USAGE },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct pl_kube_config c = PL_KUBE_CONFIG_INIT;
		struct pl_err err = PL_ERR_INIT;

		put("config", rows[i].text);
		assert_int_equal(load_from("config", rows[i].context, &c, &err), -1);
		assert_string_equal(err.text, rows[i].said);
		assert_int_equal(err.code, rows[i].code);
		assert_null(strstr(err.text, "CANARY"));
	}
}

static void says_which_files_are_missing(void **state)
{
	struct pl_kube_config c = PL_KUBE_CONFIG_INIT;
	struct pl_err err = PL_ERR_INIT;
	pl_auto_buf home = PL_BUF_INIT;

	pl_buf_addf(&home, "there is no kubeconfig ('%s/.kube/config' does not exist): name one with --kubeconfig or in "
			   "KUBECONFIG", (char *)*state);
	assert_int_equal(load_from(NULL, NULL, &c, &err), -1);
	assert_string_equal(err.text, home.data);
	assert_int_equal(err.code, PL_E_INPUT);
	unsetenv("HOME");
	assert_int_equal(load_from(NULL, NULL, &c, &err), -1);
	assert_string_equal(err.text, "there is no kubeconfig: name one with --kubeconfig or in KUBECONFIG");
	setenv("KUBECONFIG", "a::b", 1);
	assert_int_equal(load_from(NULL, "x", &c, &err), -1);
	assert_string_equal(err.text, "there is no kubeconfig ('a' does not exist) that could have context 'x'");
	assert_int_equal(load_from("none", NULL, &c, &err), -1);
	assert_string_equal(err.text, "'none' cannot be read: No such file or directory");
	assert_int_equal(err.code, PL_E_INPUT);
	setenv("KUBECONFIG", "a:.", 1);
	assert_int_equal(load_from(NULL, NULL, &c, &err), -1);
	assert_string_equal(err.text, "'.' cannot be read: Is a directory");
}

static void takes_the_pods_account(void **state)
{
	pl_auto_kube_config c = PL_KUBE_CONFIG_INIT;
	struct pl_wait w = pl_wait_for(MINUTE, -1);
	struct pl_kube_credential got = { 0 };
	struct pl_err err = PL_ERR_INIT;

	(void)state;
	assert_int_equal(mkdir("pod", 0700), 0);
	setenv("KUBERNETES_SERVICE_HOST", "fd00::1", 1);
	setenv("KUBERNETES_SERVICE_PORT", "443", 1);
	assert_int_equal(load_from(NULL, NULL, &c, &err), -1);
	put("pod/token", "one\n");
	put("pod/ca.crt", "roots");
	assert_int_equal(load_from(NULL, NULL, &c, &err), 0);
	assert_string_equal(c.server, "https://[fd00::1]:443");
	assert_null(c.context);
	assert_null(c.file);
	assert_int_equal(c.ca.n, 5);
	assert_int_equal(pl_kube_credential(&c, false, &w, &got, &err), 0);
	assert_string_equal(got.bearer, "one");
	/* the kubelet writes a new one now and then */
	assert_int_equal(pl_kube_credential(&c, true, &w, &got, &err), -1);
	assert_string_equal(err.text, "https://[fd00::1]:443 does not take the token in 'pod/token'");
	put("pod/token", "two");
	assert_int_equal(pl_kube_credential(&c, true, &w, &got, &err), 0);
	assert_string_equal(got.bearer, "two");
	put("pod/token", " \n");
	assert_int_equal(pl_kube_credential(&c, false, &w, &got, &err), -1);
	assert_string_equal(err.text, "the token file 'pod/token' holds no token");
	assert_int_equal(unlink("pod/token"), 0);
	assert_int_equal(pl_kube_credential(&c, false, &w, &got, &err), -1);
	assert_string_equal(err.text, "the token file 'pod/token' does not exist");
	assert_int_equal(err.code, PL_E_AUTH);
	setenv("KUBERNETES_SERVICE_PORT", "443x", 1);
	put("pod/token", "one\n");
	assert_int_equal(load_from(NULL, NULL, &c, &err), -1);
	assert_string_equal(err.text, "KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT name no server: [fd00::1]:443x");
}

/* As with kubectl: in a pod a kubeconfig counts when it says which context. */
static void a_kubeconfig_comes_before_the_pod(void **state)
{
	pl_auto_kube_config named = PL_KUBE_CONFIG_INIT, unnamed = PL_KUBE_CONFIG_INIT;
	struct pl_err err = PL_ERR_INIT;

	(void)state;
	assert_int_equal(mkdir("pod", 0700), 0);
	put("pod/token", "one\n");
	setenv("KUBERNETES_SERVICE_HOST", "10.0.0.1", 1);
	setenv("KUBERNETES_SERVICE_PORT", "443", 1);
	put_config("config", SERVER, "");
	assert_int_equal(load_from("config", NULL, &named, &err), 0);
	assert_string_equal(named.server, "https://h");
	put("config", "contexts: [{name: a}]");
	assert_int_equal(load_from("config", NULL, &unnamed, &err), 0);
	assert_string_equal(unnamed.server, "https://10.0.0.1:443");
	assert_int_equal(unnamed.ca.n, 0);
}

static void sends_nothing_unencrypted(void **state)
{
	static const char *const servers[] = { "http://h:8080", "h:8080" };
	struct pl_wait w = pl_wait_for(MINUTE, -1);
	struct pl_err err = PL_ERR_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(servers); i++) {
		pl_auto_kube_config c = PL_KUBE_CONFIG_INIT;
		struct pl_kube_credential got = { .bearer = "x" };
		pl_auto_buf cluster = PL_BUF_INIT;

		pl_buf_addf(&cluster, "server: '%s'", servers[i]);
		put_config("config", cluster.data, "token: CANARY");
		assert_int_equal(load_from("config", NULL, &c, &err), 0);
		assert_string_equal(c.server, "http://h:8080");
		assert_true(c.plain);
		assert_int_equal(pl_kube_credential(&c, false, &w, &got, &err), 0);
		assert_null(got.bearer);
		assert_int_equal(pl_kube_credential(&c, true, &w, &got, &err), -1);
		assert_string_equal(err.text, "http://h:8080 asks for a login, and no credential is ever sent unencrypted: "
					      "'server' must be https:");
	}
}

static void nobody_has_nothing_to_show(void **state)
{
	pl_auto_kube_config c = PL_KUBE_CONFIG_INIT;
	struct pl_wait w = pl_wait_for(MINUTE, -1);
	struct pl_kube_credential got = { 0 };
	struct pl_err err = PL_ERR_INIT;

	(void)state;
	put_config("config", SERVER, "");
	assert_int_equal(load_from("config", NULL, &c, &err), 0);
	assert_int_equal(pl_kube_credential(&c, false, &w, &got, &err), 0);
	assert_null(got.bearer);
	assert_int_equal(got.cert.n, 0);
	assert_int_equal(pl_kube_credential(&c, true, &w, &got, &err), -1);
	assert_string_equal(err.text, "https://h asks for a login, and context 'here' has none");
	assert_int_equal(err.code, PL_E_AUTH);
}

static void a_fixed_token_is_refused_once(void **state)
{
	pl_auto_kube_config c = PL_KUBE_CONFIG_INIT;
	struct pl_wait w = pl_wait_for(MINUTE, -1);
	struct pl_kube_credential got = { 0 };
	struct pl_err err = PL_ERR_INIT;

	(void)state;
	put_config("config", SERVER, "token: ' CANARY '");
	assert_int_equal(load_from("config", NULL, &c, &err), 0);
	assert_int_equal(pl_kube_credential(&c, false, &w, &got, &err), 0);
	assert_string_equal(got.bearer, "CANARY");
	assert_int_equal(pl_kube_credential(&c, true, &w, &got, &err), -1);
	assert_string_equal(err.text, "https://h does not take the credentials of user 'u'");
	assert_int_equal(err.code, PL_E_AUTH);
}

static int load_within(const char *file, int64_t ms, int stop, struct pl_err *err)
{
	struct pl_kube_config_options o = { .file = file };
	pl_auto_kube_config c = PL_KUBE_CONFIG_INIT;
	struct pl_wait w = pl_wait_for(ms, stop);

	return pl_kube_config_load(&o, &w, &c, err);
}

static void no_file_is_waited_for_without_end(void **state)
{
	struct pl_err err = PL_ERR_INIT;
	int stop[2];

	(void)state;
	assert_int_equal(mkfifo("fifo", 0600), 0);
	assert_int_equal(load_within("fifo", 50, -1, &err), -1);
	assert_string_equal(err.text, "'fifo': no answer in time");
	assert_int_equal(err.code, PL_E_TIMEOUT);
	assert_int_equal(pipe(stop), 0);
	assert_int_equal(write(stop[1], "x", 1), 1);
	assert_int_equal(load_within("fifo", MINUTE, stop[0], &err), -1);
	assert_int_equal(err.code, PL_E_STOPPED);
	close(stop[0]);
	close(stop[1]);
	assert_int_equal(load_within("/dev/zero", MINUTE, -1, &err), -1);
	assert_int_equal(err.code, PL_E_LIMIT);
}

/* As `--kubeconfig <(command)` gives it. */
static void reads_a_pipe(void **state)
{
	static const char text[] = "contexts: [{name: here, context: {cluster: c}}]\n"
				   "clusters: [{name: c, cluster: {server: 'https://h'}}]\n";
	pl_auto_kube_config c = PL_KUBE_CONFIG_INIT;
	struct pl_err err = PL_ERR_INIT;
	char name[32];
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], text, strlen(text)), (ssize_t)strlen(text));
	close(ends[1]);
	snprintf(name, sizeof name, "/dev/fd/%d", ends[0]);
	assert_int_equal(load_from(name, "here", &c, &err), 0);
	assert_string_equal(c.server, "https://h");
	close(ends[0]);
}

static void too_much_is_too_much(void **state)
{
	pl_auto_buf list = PL_BUF_INIT, token = PL_BUF_INIT;
	pl_auto_kube_config c = PL_KUBE_CONFIG_INIT;
	struct pl_wait w = pl_wait_for(MINUTE, -1);
	struct pl_kube_credential got = { 0 };
	struct pl_err err = PL_ERR_INIT;

	(void)state;
	for (int i = 0; i <= PL_LIMIT_KUBECONFIGS; i++) {
		char name[16];

		snprintf(name, sizeof name, "%d", i);
		put(name, "");
		pl_buf_addf(&list, "%s:", name);
	}
	setenv("KUBECONFIG", list.data, 1);
	assert_int_equal(load_from(NULL, NULL, &c, &err), -1);
	assert_int_equal(err.code, PL_E_LIMIT);
	pl_buf_pad(&token, 'x', PL_LIMIT_TOKEN_BYTES + 1);
	put("token", token.data);
	put_config("config", SERVER, "tokenFile: token");
	assert_int_equal(load_from("config", NULL, &c, &err), 0);
	assert_int_equal(pl_kube_credential(&c, false, &w, &got, &err), -1);
	assert_int_equal(err.code, PL_E_LIMIT);
}

/* Everything secret is CANARY or its base64; whatever happens to a byte, no message shows it. */
static void no_message_shows_a_secret(void **state)
{
	static const char text[] =
		"apiVersion: v1\nkind: Config\ncurrent-context: here\ncontexts:\n- name: here\n  context:\n    cluster: c\n"
		"    user: u\nclusters:\n- name: c\n  cluster:\n    server: https://h:6443\n"
		"    certificate-authority-data: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCkNBTkFSWQotLS0tLUVORCA=\n"
		"    proxy-url: http://me:CANARY@proxy:3128\nusers:\n- name: u\n  user:\n    token: CANARY\n"
		"    client-certificate-data: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCkNBTkFSWQotLS0tLUVORCA=\n"
		"    client-key-data: LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0tCkNBTkFSWQotLS0tLUVORCA=\n"
		"    username: me\n    password: CANARY\n    exec:\n      apiVersion: client.authentication.k8s.io/v1\n"
		"      command: x\n      interactiveMode: Never\n      args: [--token, CANARY]\n"
		"      env:\n      - name: TOKEN\n        value: CANARY\n";
	static const char with[] = ":'\"\n -[{}x\0\xff";
	size_t failures = 0, n = strlen(text);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < sizeof with; j++) {
			pl_auto_kube_config c = PL_KUBE_CONFIG_INIT;
			struct pl_err err = PL_ERR_INIT;
			pl_auto_buf b = PL_BUF_INIT;

			pl_buf_add(&b, text, i);
			if (j) /* 0: the byte goes */
				pl_buf_addc(&b, with[j - 1]);
			pl_buf_add(&b, text + i + 1, n - i - 1);
			put_file("config", b.data, b.len);
			if (!load_from("config", NULL, &c, &err))
				continue;
			failures++;
			if (strstr(err.text, "CANARY") || strstr(err.text, "LS0tLS1C") || strstr(err.text, "NBTkFSWQ"))
				fail_msg("byte %zu, %zu: %s", i, j, err.text);
		}
	}
	assert_true(failures > n);
}

static void guesses_the_distribution(void **state)
{
	static const struct {
		const char *context, *cluster, *user, *server, *exec, *hint;
	} rows[] = {
		{ "x", "x", "u", "https://1.2.3.4", NULL, "- - - - -" },
		{ "prod", "arn:aws:eks:eu-west-1:123456789012:cluster/dev", "u", "https://A1.gr7.eu-west-1.eks.amazonaws.com", NULL,
		  "eks 123456789012 - eu-west-1 dev" },
		{ "x", "x", "u", "https://A1.gr7.cn-north-1.eks.amazonaws.com.cn", NULL, "eks - - cn-north-1 -" },
		{ "arn:aws:eks:eu-west-1:1:cluster/a", "x", "u", "https://A1.gr7.us-east-1.eks.amazonaws.com", NULL,
		  "eks - - us-east-1 -" },
		{ "me@dev.eu-west-1.eksctl.io", "dev.eu-west-1.eksctl.io", "u", "https://proxy", NULL, "eks - - eu-west-1 dev" },
		{ "x", "x", "u", "https://proxy", "command: aws, args: [--region, eu-west-1, eks, get-token, --cluster-name, dev]",
		  "eks - - eu-west-1 dev" },
		{ "x", "x", "u", "https://proxy", "command: /usr/bin/aws-iam-authenticator, args: [token, -i, dev]",
		  "eks - - - dev" },
		{ "x", "x", "u", "https://proxy", "command: aws, args: [sts, get-caller-identity]", "- - - - -" },
		{ "gke_my-project_europe-west1-b_dev", "c", "u", "https://34.1.2.3", "command: gke-gcloud-auth-plugin",
		  "gke my-project - europe-west1-b dev" },
		{ "connectgateway_p_global_dev", "c", "u", "https://connectgateway.googleapis.com/v1/x", NULL,
		  "gke p - global dev" },
		{ "gke_too_few", "gke_one_too_many_parts", "u", "https://34.1.2.3", NULL, "- - - - -" },
		{ "c", "c", "u", "https://gke-0123-45.europe-west1.gke.goog", NULL, "gke - - europe-west1 -" },
		{ "dev", "dev", "clusterUser_my_group_dev", "https://dev-dns-1.hcp.westeurope.azmk8s.io:443", NULL,
		  "aks - my_group westeurope dev" },
		{ "dev", "dev", "clusterAdmin_dev", "https://h", NULL, "- - - - -" },
		{ "dev", "dev", "u", "https://h", "command: kubelogin, args: [get-token, --server-id, x]", "aks - - - -" },
		{ "dev", "dev", "u", "https://h", "command: kubelogin, args: [get-token, --oidc-issuer-url=x]", "- - - - -" },
		{ "k3d-test", "k3d-test", "u", "https://0.0.0.0:6443", NULL, "k3s - - - test" },
		{ "kind-kind", "kind-kind", "u", "https://127.0.0.1:6443", NULL, "kind - - - kind" },
		{ "default", "default", "u", "https://127.0.0.1:6443', certificate-authority: 'k3s.pem", NULL, "k3s - - - -" },
	};
	pl_auto_buf pem = PL_BUF_INIT;

	(void)state;
	pl_buf_adds(&pem, "-----BEGIN CERTIFICATE-----\n");
	pl_base64_encode("\0\1k3s-server-ca@1700000000\0", 26, &pem);
	pl_buf_adds(&pem, "\n-----END CERTIFICATE-----\n");
	put("k3s.pem", pem.data);
	for (size_t i = 0; i < COUNT(rows); i++) {
		pl_auto_kube_config c = PL_KUBE_CONFIG_INIT;
		const struct pl_kube_hint *h = &c.hint;
		pl_auto_buf text = PL_BUF_INIT, hint = PL_BUF_INIT;
		struct pl_err err = PL_ERR_INIT;

		pl_buf_addf(&text, "current-context: '%s'\ncontexts: [{name: '%s', context: {cluster: '%s', user: '%s'}}]\n"
				   "clusters: [{name: '%s', cluster: {server: '%s'}}]\nusers: [{name: '%s', user: {",
			    rows[i].context, rows[i].context, rows[i].cluster, rows[i].user, rows[i].cluster, rows[i].server,
			    rows[i].user);
		if (rows[i].exec)
			pl_buf_addf(&text, "exec: {%s, " EXEC "}", rows[i].exec);
		pl_buf_adds(&text, "}}]\n");
		put("config", text.data);
		if (load_from("config", NULL, &c, &err))
			fail_msg("row %zu: %s", i, err.text);
		pl_buf_addf(&hint, "%s %s %s %s %s", h->distribution ? h->distribution : "-", h->account ? h->account : "-",
			    h->group ? h->group : "-", h->location ? h->location : "-", h->name ? h->name : "-");
		assert_string_equal(hint.data, rows[i].hint);
	}
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, enter_folder, leave_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(says_what_is_wrong_with_a_member),
		IN_FOLDER(says_what_is_wrong_with_a_file),
		IN_FOLDER(says_which_files_are_missing),
		IN_FOLDER(takes_the_pods_account),
		IN_FOLDER(a_kubeconfig_comes_before_the_pod),
		IN_FOLDER(sends_nothing_unencrypted),
		IN_FOLDER(nobody_has_nothing_to_show),
		IN_FOLDER(a_fixed_token_is_refused_once),
		IN_FOLDER(no_file_is_waited_for_without_end),
		IN_FOLDER(reads_a_pipe),
		IN_FOLDER(too_much_is_too_much),
		IN_FOLDER(no_message_shows_a_secret),
		IN_FOLDER(guesses_the_distribution),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
