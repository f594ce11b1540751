/* SPDX-License-Identifier: Apache-2.0 */
/* The service account of the pod that we run in. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/limits.h"
#include "kubernetes/config_internal.h"
#include "net/file.h"
#include "net/connect.h"

/* Where the kubelet mounts it. */
static const char default_folder[] = "/var/run/secrets/kubernetes.io/serviceaccount";

/* Without a file of roots the system's count, as with client-go. */
static int read_roots(const char *folder, const struct pl_wait *w, struct pl_kube_config *c, struct pl_err *err)
{
	struct pl_arena *a = &c->login->arena;
	pl_auto_buf pem = PL_BUF_INIT;
	int rc = pl_file_read(pl_arena_strf(a, "%s/ca.crt", folder), PL_LIMIT_PEM_BYTES, w, &pem, err);

	if (!rc)
		c->ca = (struct pl_slice){ pl_arena_strndup(a, pem.data, pem.len), pem.len };
	return rc < 0 ? -1 : 0;
}

int pl_kube_pod(const char *folder, const struct pl_wait *w, struct pl_kube_config *c, struct pl_err *err)
{
	const char *host = getenv("KUBERNETES_SERVICE_HOST"), *port = getenv("KUBERNETES_SERVICE_PORT"), *token;
	struct pl_arena *a = &c->login->arena;
	struct pl_host_port parsed;
	struct stat st;

	folder = folder ? folder : default_folder;
	token = pl_arena_strf(a, "%s/token", folder);
	if (!host || !*host || !port || !*port || stat(token, &st) || S_ISDIR(st.st_mode))
		return 1;
	host = pl_arena_strf(a, strchr(host, ':') ? "[%s]:%s" : "%s:%s", host, port);
	if (!pl_host_port_parse(pl_slice(host), &parsed))
		return pl_err_set(err, PL_E_USAGE, "KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT name no server: %s",
				  host);
	c->server = pl_arena_strf(a, "https://%s", host);
	c->login->token_file = token;
	return read_roots(folder, w, c, err);
}
