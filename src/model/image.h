/* SPDX-License-Identifier: Apache-2.0 */
/* Machine images: the operating system that the name of an image (family, AMI, offer) tells. */
#ifndef PL_MODEL_IMAGE_H
#define PL_MODEL_IMAGE_H

#include <stdbool.h>

struct pl_image {
	const char *os;   /* as the pool attribute `os` has it: ubuntu, cos, windows, ... */
	char version[8];  /* Ubuntu's "22.04"; "" when the name tells none */
};

/* Reads `name` ("ubuntu-2204-jammy-v20220712a", "22_04-lts"); false when it tells no system. */
bool pl_image_read(const char *name, struct pl_image *out);

#endif
