/* SPDX-License-Identifier: Apache-2.0 */
/* kubeconfigs: any bytes come to a server, headers and a plugin that can be used, or are refused in words. */
#define _GNU_SOURCE /* memfd_create */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"
#include "kubernetes/config_internal.h"

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void is_one_line(const char *text)
{
	require(*text != '\0');
	for (; *text; text++)
		require((unsigned char)*text >= ' ' && *text != 0x7f);
}

static void check(const struct pl_kube_config *c)
{
	require(pl_starts(c->server, c->plain ? "http://" : "https://"));
	is_one_line(c->server);
	if (c->proxy)
		is_one_line(c->proxy);
	for (const char *const *h = c->headers; *h; h++) {
		is_one_line(*h);
		require(pl_starts(*h, "Impersonate-") && strstr(*h, ": "));
	}
	if (c->login->token)
		require(pl_kube_is_token(c->login->token));
	if (c->login->exec) {
		pl_auto_free char *info = pl_kube_exec_info(c->login->exec, c, false);

		require(info && !strchr(info, '\n') && c->login->exec->argv[0][0]);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pl_kube_config_options o = { .pod = "/nowhere" };
	pl_auto_kube_config c = PL_KUBE_CONFIG_INIT;
	struct pl_wait w = pl_wait_for(2000, -1);
	struct pl_err err = PL_ERR_INIT;
	char name[32];
	int fd = memfd_create("kubeconfig", MFD_CLOEXEC);

	require(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
	o.file = name;
	if (pl_kube_config_load(&o, &w, &c, &err))
		is_one_line(err.text);
	else
		check(&c);
	close(fd);
	return 0;
}
