/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates and keys of a kubeconfig: as base64 in it, or in files that it names. */
#include <string.h>

#include "base/limits.h"
#include "codec/codec.h"
#include "kubernetes/config_internal.h"
#include "net/file.h"

/* What is wrong with the text; NULL: nothing that shows without decoding it. */
static const char *wrong(const char *pem, bool key)
{
	const char *begin = strstr(pem, key ? "PRIVATE KEY-----" : "-----BEGIN CERTIFICATE-----");

	if (!begin || !strstr(begin + 1, "-----END "))
		return key ? "holds no private key as PEM" : "holds no certificate as PEM";
	if (key && (strstr(pem, "BEGIN ENCRYPTED PRIVATE KEY") || strstr(pem, "Proc-Type: 4,ENCRYPTED")))
		return "is encrypted, which no client of Kubernetes can use";
	return NULL;
}

static int read_data(const struct pl_yaml_node *at, const char *name, struct pl_buf *out, struct pl_err *err)
{
	size_t n = strlen(at->text);

	pl_buf_reserve_exact(out, n);
	if (!pl_base64_decode(at->text, n, out))
		return pl_kube_fail(at, err, PL_E_USAGE, "'%s' is no base64", name);
	return 0;
}

static int read_file(const struct pl_kube_files *f, const struct pl_kube_file *in, const struct pl_yaml_node *at,
		     struct pl_buf *out, const char *key, struct pl_err *err)
{
	const char *path = pl_kube_path(f->arena, in->folder, at->text);
	int rc = pl_file_read(path, PL_LIMIT_PEM_BYTES, f->wait, out, err);

	if (rc > 0)
		return pl_kube_fail(at, err, PL_E_INPUT, "'%s' names '%s', which does not exist", key, path);
	return rc ? pl_err_wrap(err, "%s:%d: '%s'", at->file, at->line, key) : 0;
}

int pl_kube_pem(const struct pl_kube_files *f, const struct pl_kube_file *in, const struct pl_yaml_node *map,
		const char *key, struct pl_slice *out, struct pl_err *err)
{
	const char *data_key = pl_arena_strf(f->arena, "%s-data", key), *data, *file, *what;
	const struct pl_yaml_node *at;
	pl_auto_wiped pem = PL_BUF_INIT;

	if (pl_kube_config_text(map, data_key, &data, err) || pl_kube_config_text(map, key, &file, err))
		return -1;
	if (!data && !file)
		return 0;
	at = pl_yaml_get(map, data ? data_key : key);
	if (data && file)
		return pl_kube_fail(at, err, PL_E_USAGE, "both '%s' and '%s' are given: remove one", key, data_key);
	if (data ? read_data(at, data_key, &pem, err) : read_file(f, in, at, &pem, key, err))
		return -1;
	what = wrong(pem.data, !strcmp(key, "client-key"));
	if (what)
		return pl_kube_fail(at, err, PL_E_USAGE, "what '%s' %s %s", data ? data_key : key,
				    data ? "encodes" : "names", what);
	*out = (struct pl_slice){ pl_arena_strndup(f->arena, pem.data, pem.len), pem.len };
	return 0;
}
