/* SPDX-License-Identifier: Apache-2.0 */
/* The operating system that a node's osImage tells: "Ubuntu 22.04.3 LTS". */
#ifndef PL_KUBERNETES_IMAGE_H
#define PL_KUBERNETES_IMAGE_H

#include <stdbool.h>

struct pl_kube_image {
	char os[32];      /* as the pool attribute `os` has it */
	char version[32]; /* "22.04"; "" when it tells none */
};

/* False when it tells no system. */
bool pl_kube_image_read(const char *image, struct pl_kube_image *out);

#endif
