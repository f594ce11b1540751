/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Credentials for a registry out of the Docker configuration (DOCKER_CONFIG/config.json, else
 * ~/.docker/config.json), as the Docker client finds them: a helper for this host (credHelpers), a helper
 * for all (credsStore), else what stands in `auths`.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

#include "base/limits.h"
#include "codec/codec.h"
#include "endpoint/internal.h"
#include "net/process.h"
#include "json/load.h"

/* What Docker Hub is called in the file and by helpers. */
#define HUB "https://index.docker.io/v1/"
/* The user name with which helpers mark a token in place of a password. */
#define TOKEN_USER "<token>"

static void wipe(char **s)
{
	if (*s)
		explicit_bzero(*s, strlen(*s));
	free(*s);
	*s = NULL;
}

void pl_docker_login_release(struct pl_docker_login *l)
{
	wipe(&l->user);
	wipe(&l->password);
	wipe(&l->identity_token);
}

static char *copy(const char *s)
{
	return s && *s ? pl_strndup(s, strlen(s)) : NULL;
}

/* ---- the file ---- */

static bool config_path(struct pl_buf *path)
{
	const char *folder = getenv("DOCKER_CONFIG"), *home = getenv("HOME");

	if (folder && *folder)
		pl_buf_addf(path, "%s/config.json", folder);
	else if (home && *home)
		pl_buf_addf(path, "%s/.docker/config.json", home);
	return path->len > 0;
}

/* 1: read, 0: there is no such file, -1: failed. */
static int read_file(const char *path, struct pl_buf *out, struct pl_err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char chunk[4096];
	ssize_t n = 0;

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	while (fd >= 0 && out->len <= PL_LIMIT_DOCKER_BYTES &&
	       (n = read(fd, chunk, sizeof chunk)) > 0)
		pl_buf_add(out, chunk, (size_t)n);
	explicit_bzero(chunk, sizeof chunk);
	if (fd < 0 || n < 0) {
		pl_err_set(err, PL_E_USAGE, "the Docker configuration %s cannot be read: %s", path,
			   strerror(errno));
		if (fd >= 0)
			close(fd);
		return -1;
	}
	close(fd);
	if (out->len > PL_LIMIT_DOCKER_BYTES)
		return pl_err_set(err, PL_E_LIMIT,
				  "the Docker configuration %s is larger than %lu bytes", path,
				  PL_LIMIT_DOCKER_BYTES);
	return 1;
}

static int broken(const char *path, const char *what, struct pl_err *err)
{
	return pl_err_set(err, PL_E_USAGE,
			  "the Docker configuration %s: %s; mend it, or log in again with `docker "
			  "login`",
			  path, what);
}

/* ---- auths ---- */

/* "HOST[:PORT]" of a key, which may be a URL with a path, as old clients wrote. */
static struct pl_slice host_of(const char *key)
{
	const char *p = strstr(key, "://");

	p = p ? p + 3 : key;
	return (struct pl_slice){ p, strcspn(p, "/") };
}

static bool same_host(const char *key, const char *registry)
{
	struct pl_slice host = host_of(key), wanted = host_of(registry);

	return host.n == wanted.n && !strncasecmp(host.p, wanted.p, host.n);
}

static json_t *auth_of(json_t *config, const char *registry)
{
	json_t *auths = json_object_get(config, "auths"), *entry;
	const char *key;

	entry = json_object_get(auths, registry);
	if (entry)
		return entry;
	json_object_foreach(auths, key, entry) if (same_host(key, registry)) return entry;
	return NULL;
}

/* base64 of "USER:PASSWORD". */
static bool split_auth(const char *auth, struct pl_docker_login *out)
{
	pl_auto_secret text = PL_BUF_INIT;
	const char *colon;

	if (!pl_base64_decode(auth, strlen(auth), &text))
		return false;
	colon = memchr(text.data, ':', text.len);
	if (!colon || colon == text.data)
		return false;
	out->user = pl_strndup(text.data, (size_t)(colon - text.data));
	out->password = pl_strndup(colon + 1, text.len - (size_t)(colon + 1 - text.data));
	/* written by some clients with NULs behind it */
	return strlen(out->user) > 0;
}

static int from_auths(json_t *config, const char *registry, const char *path,
		      struct pl_docker_login *out, struct pl_err *err)
{
	json_t *entry = auth_of(config, registry);
	const char *auth = pl_json_member_str(entry, "auth");

	if (!json_is_object(entry))
		return 0;
	out->identity_token = copy(pl_json_member_str(entry, "identitytoken"));
	if (auth && *auth) {
		if (!split_auth(auth, out)) {
			pl_docker_login_release(out);
			return broken(path, "an `auth` in it is not base64 of USER:PASSWORD", err);
		}
		return 0;
	}
	out->user = copy(pl_json_member_str(entry, "username"));
	out->password = copy(pl_json_member_str(entry, "password"));
	return 0;
}

/* ---- helpers ---- */

static const char *helper_of(json_t *config, const char *registry)
{
	json_t *helpers = json_object_get(config, "credHelpers"), *value;
	const char *key;

	json_object_foreach(helpers, key,
			    value) if (same_host(key, registry) && json_is_string(value) &&
				       *json_string_value(value)) return json_string_value(value);
	return pl_json_member_str(config, "credsStore");
}

static int read_answer(const char *program, const struct pl_buf *said, struct pl_docker_login *out,
		       struct pl_err *err)
{
	struct pl_err json = PL_ERR_INIT;
	pl_auto_json *answer =
		pl_json_load((struct pl_slice){ said->data, said->len }, NULL, &json);
	const char *user = pl_json_member_str(answer, "Username"),
		   *secret = pl_json_member_str(answer, "Secret");

	if (!user || !secret)
		return pl_err_set(err, PL_E_AUTH, "%s prints no credentials as JSON", program);
	if (pl_streq(user, TOKEN_USER)) {
		out->identity_token = copy(secret);
		return 0;
	}
	out->user = copy(user);
	out->password = copy(secret);
	return 0;
}

/* Its errors stand on its standard output; they may quote anything, so that they are not repeated. */
static int helper_failed(const char *program, const char *registry,
			 const struct pl_process_end *end, struct pl_err *err)
{
	/* it knows nothing of the host: no failure */
	if (end->status < 128 && pl_contains(end->out.data, "credentials not found"))
		return 0;
	return pl_err_set(
		err, PL_E_AUTH,
		"%s failed for %s (its exit status is %d); run `echo %s | %s get` to see why",
		program, registry, end->status, registry, program);
}

static int from_helper(const char *helper, const char *registry, const struct pl_wait *w,
		       struct pl_docker_login *out, struct pl_err *err)
{
	pl_auto_buf program = PL_BUF_INIT;
	pl_auto_process_end end = PL_PROCESS_END_INIT;
	const char *argv[] = { NULL, "get", NULL };
	struct pl_process_options o = { .argv = argv,
					.input = pl_slice(registry),
					.max_out = PL_LIMIT_DOCKER_BYTES };

	if (strchr(helper, '/'))
		return pl_err_set(
			err, PL_E_USAGE,
			"the Docker configuration names the credential helper '%s'; a helper's "
			"name holds no /",
			helper);
	pl_buf_addf(&program, "docker-credential-%s", helper);
	argv[0] = program.data;
	if (pl_process_run(&o, w, &end, err)) {
		err->code = err->code == PL_E_INPUT ? PL_E_AUTH : err->code;
		return pl_err_wrap(err, "the credential helper of the Docker configuration");
	}
	return end.status ? helper_failed(program.data, registry, &end, err)
			  : read_answer(program.data, &end.out, out, err);
}

int pl_docker_login(const char *registry, const struct pl_wait *w, struct pl_docker_login *out,
		    struct pl_err *err)
{
	const char *server = pl_streq(registry, "registry-1.docker.io") ? HUB : registry, *helper;
	pl_auto_buf path = PL_BUF_INIT;
	pl_auto_secret text = PL_BUF_INIT;
	struct pl_err json = PL_ERR_INIT;
	pl_auto_json *config = NULL;
	int rc;

	*out = (struct pl_docker_login){ NULL, NULL, NULL };
	if (!config_path(&path))
		return 0;
	rc = read_file(path.data, &text, err);
	if (rc <= 0)
		return rc;
	config = pl_json_load((struct pl_slice){ text.data, text.len }, NULL, &json);
	if (!json_is_object(config))
		return broken(path.data, config ? "it is no JSON object" : json.text, err);
	helper = helper_of(config, server);
	if (helper && *helper)
		return from_helper(helper, server, w, out, err);
	return from_auths(config, server, path.data, out, err);
}
