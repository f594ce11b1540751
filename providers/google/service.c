/* SPDX-License-Identifier: Apache-2.0 */
/* Cloud SQL, AlloyDB, Cloud Storage and the registries. */
#include <ctype.h>
#include <string.h>

#include "base/str.h"
#include "google/google.h"

/* Engines by how a database_version begins; the version follows with '_' for '.'. */
static const struct {
	const char *prefix, *engine;
} engines[] = {
	{ "MYSQL_", "mysql" },
	{ "POSTGRES_", "postgresql" },
	{ "SQLSERVER_", "sqlserver" },
};

/* "8_0_31" is 8.0.31, "2019_STANDARD" is 2019. */
static const char *version_of(struct pl_model *m, const char *text)
{
	char version[32];
	size_t n = 0;

	for (; n + 1 < sizeof version; n++) {
		bool dot = text[n] == '_' && isdigit((unsigned char)text[n + 1]);

		if (!dot && !isdigit((unsigned char)text[n]))
			break;
		version[n] = dot ? '.' : text[n];
	}
	version[n] = '\0';
	return n ? pl_model_str(m, version) : NULL;
}

static void sql_unknown(struct pl_model *m, struct pl_object *o, const char *waits_for, const char *path)
{
	pl_fact_unknown(m, o, PL_DB_ENGINE, waits_for, path);
	pl_fact_unknown(m, o, PL_DB_VERSION, waits_for, path);
}

void pl_google_sql_version(struct pl_model *m, struct pl_object *o, const char *text, const char *path)
{
	for (size_t i = 0; i < sizeof engines / sizeof *engines; i++) {
		const char *version;

		if (!pl_starts(text, engines[i].prefix))
			continue;
		pl_fact_text(m, o, PL_DB_ENGINE, engines[i].engine, path);
		version = version_of(m, text + strlen(engines[i].prefix));
		if (version)
			pl_fact_text(m, o, PL_DB_VERSION, version, path);
		return;
	}
	sql_unknown(m, o, "an engine that plumbline does not know", path);
}

void pl_google_sql(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o)
{
	static const char path[] = "database_version";
	struct pl_tf_value v = pl_tf_get(tf, r, path);
	const char *text = pl_tf_text(tf, r, path);

	if (text)
		pl_google_sql_version(pl_tf_model(tf), o, text, path);
	else
		sql_unknown(pl_tf_model(tf), o, v.state == PL_TF_UNKNOWN ? v.waits_for : "no version is set", path);
}

void pl_google_alloydb(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o)
{
	(void)r;
	pl_fact_text(pl_tf_model(tf), o, PL_DB_ENGINE, "postgresql", NULL);
}

void pl_google_bucket(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o)
{
	(void)r;
	pl_fact_text(pl_tf_model(tf), o, PL_BUCKET_SERVICE, "gcs", NULL);
}

/* Images can be pushed to standard Docker repositories, not to remote or virtual ones. */
bool pl_google_takes_images(struct pl_tf *tf, struct pl_tf_resource *r)
{
	const char *format = pl_tf_text(tf, r, "format"), *mode = pl_tf_text(tf, r, "mode");

	return pl_strieq(format, "DOCKER") && (!mode || pl_streq(mode, "STANDARD_REPOSITORY"));
}

void pl_google_artifact_registry(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o)
{
	(void)r;
	pl_fact_text(pl_tf_model(tf), o, PL_REGISTRY_SERVICE, "gar", "format");
}

void pl_google_container_registry(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o)
{
	(void)r;
	pl_fact_text(pl_tf_model(tf), o, PL_REGISTRY_SERVICE, "gcr", NULL);
}
