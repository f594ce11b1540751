/* SPDX-License-Identifier: Apache-2.0 */
/* RDS and Aurora, S3 and ECR. */
#include <ctype.h>
#include <string.h>

#include "aws/service.h"
#include "base/str.h"

/* What an instance may be made from; its engine and version are then those of the source. */
static const char *const made_from[] = {
	"replicate_source_db", "replication_source_identifier", "snapshot_identifier",
	"restore_to_point_in_time", "s3_import",
};

/* Engines by how AWS' names begin, longer ones first; others keep AWS' name. */
static const struct {
	const char *prefix, *engine;
} engines[] = {
	{ "aurora-postgresql", "postgresql" },
	{ "aurora", "mysql" },
	{ "mysql", "mysql" },
	{ "mariadb", "mariadb" },
	{ "postgres", "postgresql" },
	{ "sqlserver", "sqlserver" },
	{ "custom-sqlserver", "sqlserver" },
	{ "oracle", "oracle" },
	{ "custom-oracle", "oracle" },
};

const char *pl_aws_engine(const char *name)
{
	for (size_t i = 0; i < sizeof engines / sizeof *engines; i++)
		if (pl_starts(name, engines[i].prefix))
			return engines[i].engine;
	return name;
}

/* "5.6.10a" is 5.6.10, too. */
const char *pl_aws_engine_version(struct pl_model *m, const char *text)
{
	size_t n = strspn(text, "0123456789.");

	while (n && text[n - 1] == '.')
		n--;
	return n && isdigit((unsigned char)*text) ? pl_model_strf(m, "%.*s", (int)n, text) : NULL;
}

/* Why what nobody wrote is not known: the source of the instance decides, or what `otherwise` says. */
static const char *why_unset(struct pl_tf *tf, struct pl_tf_resource *r, const char *otherwise)
{
	struct pl_model *m = pl_tf_model(tf);

	for (size_t i = 0; i < sizeof made_from / sizeof *made_from; i++) {
		struct pl_tf_value v = pl_tf_get(tf, r, made_from[i]);

		if (v.state == PL_TF_UNKNOWN || pl_tf_count(tf, r, made_from[i]))
			return pl_model_strf(m, "%s decides", made_from[i]);
	}
	return otherwise;
}

static void unknown_fact(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o,
			 enum pl_attr attr, const char *path)
{
	static const char unset[] = "AWS picks the engine's default version";
	struct pl_tf_value v = pl_tf_get(tf, r, path);
	const char *otherwise = attr == PL_DB_VERSION ? unset : "no engine is set";

	pl_fact_unknown(pl_tf_model(tf), o, attr,
			v.state == PL_TF_UNKNOWN ? v.waits_for : why_unset(tf, r, otherwise), path);
}

void pl_aws_database(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o)
{
	const char *engine = pl_tf_text(tf, r, "engine");
	const char *text = pl_tf_text(tf, r, "engine_version"), *version;
	struct pl_model *m = pl_tf_model(tf);
	struct pl_fact *f;

	if (engine && *engine)
		pl_fact_text(m, o, PL_DB_ENGINE, pl_aws_engine(engine), "engine");
	else
		unknown_fact(tf, r, o, PL_DB_ENGINE, "engine");
	version = text ? pl_aws_engine_version(m, text) : NULL;
	if (!version) {
		unknown_fact(tf, r, o, PL_DB_VERSION, "engine_version");
		return;
	}
	f = pl_fact_text(m, o, PL_DB_VERSION, version, "engine_version");
	if (!pl_streq(version, text) && !pl_tf_get(tf, r, "engine_version").sensitive)
		f->note = text;
}

void pl_aws_bucket(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o)
{
	(void)r;
	pl_fact_text(pl_tf_model(tf), o, PL_BUCKET_SERVICE, "s3", NULL);
}

void pl_aws_registry(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o)
{
	(void)r;
	pl_fact_text(pl_tf_model(tf), o, PL_REGISTRY_SERVICE, "ecr", NULL);
}
