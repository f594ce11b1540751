/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AWS's shared files: ~/.aws/config and ~/.aws/credentials, or those that AWS_CONFIG_FILE and
 * AWS_SHARED_CREDENTIALS_FILE name, as botocore 1.43 reads them (2026-11).
 */
#ifndef PL_PROVIDERS_AWS_CONFIG_H
#define PL_PROVIDERS_AWS_CONFIG_H

#include "base/alloc.h"
#include "net/wait.h"

struct pl_aws_setting {
	const char *section; /* "default", "profile prod", "sso-session corp", "services dev" */
	const char *key;     /* in lower case; nested ones as "eks.endpoint_url" */
	const char *value;
};

struct pl_aws_config {
	struct pl_arena arena; /* holds secrets: wiped at the end */
	struct pl_aws_setting *list;
	size_t count, cap;
	const char *config_file, *credentials_file; /* as looked for; NULL: nobody knows where */
	const char *profile;   /* AWS_PROFILE, or "default" */
	bool profile_named;    /* somebody named it */
};

/* What is not there is empty.  -1: PL_E_AUTH, a file that cannot be read or is none ("FILE:LINE: ..."). */
int pl_aws_config_load(struct pl_aws_config *c, const struct pl_wait *w, struct pl_err *err)
	__attribute__((warn_unused_result));
void pl_aws_config_release(struct pl_aws_config *c);

/* The value of a key in a section; NULL: none.  Sections of the credentials file begin with "credentials ". */
const char *pl_aws_config_get(const struct pl_aws_config *c, const char *section, const char *key);
/* The same of a profile: the config file's section ("profile NAME", "default"). */
const char *pl_aws_profile_get(const struct pl_aws_config *c, const char *profile, const char *key);
/* The same of the profile's section in the credentials file. */
const char *pl_aws_secret_get(const struct pl_aws_config *c, const char *profile, const char *key);
/* Does one of the files have it? */
bool pl_aws_profile_exists(const struct pl_aws_config *c, const char *profile);

/* getenv() of what is set and not empty. */
const char *pl_aws_env(const char *name);

#endif
