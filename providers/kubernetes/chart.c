/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Helm charts as components.  A chart's version is its own: only some publishers give their charts
 * the version of what they install.  Values are never read, they hold secrets.
 */
#include <ctype.h>
#include <string.h>

#include "base/str.h"
#include "kubernetes/kubernetes.h"

static const struct chart {
	const char *name, *component;
	const char *publishers[2]; /* words of a repository whose charts have the component's version */
} charts[] = {
	{ "cert-manager", "cert-manager", { "jetstack", "cert-manager.io" } },
	{ "tigera-operator", "calico", { "tigera.io", "projectcalico" } },
	{ "aws-calico", "calico", { NULL, NULL } },
	{ "metallb", "metallb", { "metallb.github.io", "metallb.io" } },
};

/* What is left of "oci://HOST/PATH/cert-manager", "./charts/x/" and "https://HOST/x-v1.9.1.tgz". */
static const char *base_name(struct pl_model *m, const char *chart)
{
	size_t end = strlen(chart), start, n;

	while (end && chart[end - 1] == '/')
		end--;
	for (start = end; start && chart[start - 1] != '/';)
		start--;
	n = end - start;
	if (n < 4 || strncmp(chart + end - 4, ".tgz", 4) != 0)
		return pl_model_strf(m, "%.*s", (int)n, chart + start);
	for (n = 1; start + n + 2 < end; n++) {
		const char *p = chart + start + n;

		if (*p == '-' && isdigit((unsigned char)p[p[1] == 'v' ? 2 : 1]))
			break;
	}
	return pl_model_strf(m, "%.*s", (int)n, chart + start);
}

static const struct chart *known_chart(const char *name)
{
	for (size_t i = 0; i < sizeof charts / sizeof *charts; i++)
		if (pl_streq(charts[i].name, name))
			return &charts[i];
	return NULL;
}

const char *pl_kubernetes_component(struct pl_model *m, const struct pl_kubernetes_chart *c)
{
	const char *name = base_name(m, c->name);
	const struct chart *known = known_chart(name);

	if (known)
		return known->component;
	return c->sensitive ? NULL : name;
}

static bool from_publisher(const struct chart *known, const struct pl_kubernetes_chart *c)
{
	for (size_t i = 0; i < sizeof known->publishers / sizeof *known->publishers; i++) {
		const char *word = known->publishers[i];

		if (word && (pl_contains(c->name, word) ||
			     (c->repository && pl_contains(c->repository, word))))
			return true;
	}
	return false;
}

/* Repackaged under the same name, with versions of its own. */
static bool is_repackaged(const struct pl_kubernetes_chart *c)
{
	return pl_contains(c->name, "bitnami") ||
	       (c->repository && pl_contains(c->repository, "bitnami"));
}

static const char *why_unknown(const struct pl_kubernetes_chart *c)
{
	if (!c->version || !*c->version)
		return c->waits_for ? c->waits_for : "no version is set: the newest chart is taken";
	if (!pl_kube_is_version(c->version))
		return "the version is a range: the newest chart in it is taken";
	return "the chart's version is not that of what it installs";
}

static void add_version(struct pl_model *m, struct pl_object *o, const struct chart *known,
			const struct pl_kubernetes_chart *c)
{
	bool exact = c->version && pl_kube_is_version(c->version);
	struct pl_fact *f;

	if (known && exact && from_publisher(known, c)) {
		pl_fact_text(m, o, PL_COMPONENT_VERSION, c->version, c->path);
	} else if (c->app_version && pl_kube_is_version(c->app_version)) {
		pl_fact_text(m, o, PL_COMPONENT_VERSION, c->app_version, "metadata[0].app_version");
	} else if (known && exact && known->publishers[0] && !is_repackaged(c)) {
		f = pl_fact_text(m, o, PL_COMPONENT_VERSION, c->version, c->path);
		f->basis = PL_INFERRED;
		f->note = "taken for a copy of the publisher's chart, which has the version of what it installs";
	} else {
		pl_fact_unknown(m, o, PL_COMPONENT_VERSION, why_unknown(c), c->path);
	}
}

void pl_kubernetes_chart_facts(struct pl_model *m, struct pl_object *o,
			       const struct pl_kubernetes_chart *c)
{
	const char *name = base_name(m, c->name);
	const struct chart *known = known_chart(name);
	struct pl_fact *f = pl_fact_text(m, o, PL_COMPONENT_NAME, known ? known->component : name,
					 NULL);

	if (!c->sensitive)
		f->note = pl_model_strf(m, "chart %s", name);
	add_version(m, o, known, c);
}

/* ---- helm_release ---- */

static struct pl_kubernetes_chart release_of(struct pl_tf *tf, struct pl_tf_resource *r)
{
	return (struct pl_kubernetes_chart){
		.name = pl_tf_text(tf, r, "chart"),
		.repository = pl_tf_text(tf, r, "repository"),
		.version = pl_tf_text(tf, r, "version"),
		.app_version = pl_tf_text(tf, r, "metadata[0].app_version"),
		.waits_for = pl_tf_get(tf, r, "version").waits_for,
		.path = "version",
		.sensitive = pl_tf_get(tf, r, "chart").sensitive,
	};
}

bool pl_kubernetes_release_is(struct pl_tf *tf, struct pl_tf_resource *r,
			      struct pl_tf_identity *id)
{
	struct pl_kubernetes_chart c = release_of(tf, r);
	struct pl_model *m = pl_tf_model(tf);

	id->name = c.name ? pl_kubernetes_component(m, &c) : NULL;
	id->identity = id->name ? pl_model_strf(m, "component/%s", id->name) : NULL;
	return id->name;
}

void pl_kubernetes_release(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o)
{
	struct pl_kubernetes_chart c = release_of(tf, r);

	pl_kubernetes_chart_facts(pl_tf_model(tf), o, &c);
}
