/* SPDX-License-Identifier: Apache-2.0 */
/* What credential plugins print: any bytes are a credential that can be used, or are refused in words. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "kubernetes/config_internal.h"

static void require(bool holds)
{
	if (!holds)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const argv[] = { "plugin", NULL };
	const struct pl_kube_exec e = { .user = "u", .argv = argv, .version = "client.authentication.k8s.io/v1" };
	struct pl_kube_exec_answer a = PL_KUBE_EXEC_ANSWER_INIT;
	struct pl_err err = PL_ERR_INIT;
	pl_auto_buf printed = PL_BUF_INIT;

	pl_buf_add(&printed, data, size);
	if (pl_kube_exec_answer_read(&e, &printed, &a, &err)) {
		require(err.text[0] && !a.token.len && !a.cert.len && !a.key.len);
	} else {
		require(!a.token.len || pl_kube_is_token(a.token.data));
		require(!a.cert.len == !a.key.len && (a.token.len || a.cert.len));
	}
	pl_kube_exec_answer_release(&a);
	return 0;
}
