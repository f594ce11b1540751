/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which container runtime the kubelet uses: what it was told counts most; without that, the one that
 * runs, if only one does.
 */
#include "base/limits.h"
#include "node/probe_internal.h"

#define ENDPOINT "container-runtime-endpoint"

static const struct {
	const char *word;    /* in the path of its socket */
	const char *runtime; /* as the model calls it */
} endpoints[] = {
	{ "cri-dockerd", "docker" }, { "dockershim", "docker" }, { "containerd", "containerd" }, { "crio", "cri-o" },
};

static const struct {
	const char *process, *runtime, *socket;
} daemons[] = {
	{ "containerd", "containerd", "/run/containerd/containerd.sock" },
	{ "crio", "cri-o", "/run/crio/crio.sock" },
	{ "dockerd", "docker", "/run/docker.sock" },
};

#define DAEMONS (sizeof daemons / sizeof *daemons)

struct choice {
	const char *runtime; /* NULL: not known, `why` */
	const char *why, *from, *note;
	enum pl_basis basis;
};

static bool from_endpoint(struct pl_probe *p, struct choice *c)
{
	const char *endpoint = pl_probe_setting(p, ENDPOINT, &c->from);

	if (!endpoint)
		return false;
	for (size_t i = 0; !c->runtime && i < sizeof endpoints / sizeof *endpoints; i++)
		if (strstr(endpoint, endpoints[i].word))
			c->runtime = endpoints[i].runtime;
	if (!c->runtime)
		c->why = pl_model_strf(p->m, "its kubelet's endpoint %s is none that is known", endpoint);
	return true;
}

static bool from_docker_flag(struct pl_probe *p, struct choice *c)
{
	if (!pl_streq(pl_probe_setting(p, "container-runtime", &c->from), "docker") &&
	    !pl_streq(pl_probe_setting(p, "docker", &c->from), "true"))
		return false;
	c->runtime = "docker";
	return true;
}

static bool is_rancher(const struct pl_probe *p)
{
	static const char *const names[] = { "k3s", "k3s-server", "k3s-agent", "rke2" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (pl_probe_says(p->answer, "process", names[i]))
			return true;
	return false;
}

/* k3s and RKE2 bring a containerd of their own. */
static bool from_rancher(struct pl_probe *p, struct choice *c)
{
	if (!is_rancher(p))
		return false;
	c->from = "/run/k3s/containerd/containerd.sock";
	if (pl_probe_says(p->answer, "path", "is /run/k3s/containerd/containerd.sock socket") ||
	    pl_probe_says(p->answer, "process", "containerd")) {
		c->runtime = "containerd";
		c->note = "the one that k3s and RKE2 bring along";
	} else {
		c->why = "k3s or RKE2 runs, and its socket /run/k3s/containerd/containerd.sock was not seen";
	}
	return true;
}

/* Bit per row of `daemons`: its process was seen, or else its socket. */
static unsigned seen(struct pl_probe *p, bool processes)
{
	unsigned found = 0;

	for (size_t i = 0; i < DAEMONS; i++) {
		const char *socket = pl_model_strf(p->m, "is %s socket", daemons[i].socket);
		bool there = processes ? pl_probe_says(p->answer, "process", daemons[i].process)
				       : pl_probe_says(p->answer, "path", socket);

		found |= there ? 1U << i : 0;
	}
	return found;
}

/* Was everything looked at, so that what was not found is not there? */
static bool looked(const struct pl_probe *p)
{
	const struct pl_probe_section *processes = pl_probe_section(p->answer, "process", 0);
	const struct pl_probe_section *paths = pl_probe_section(p->answer, "path", 0);

	return processes && processes->status == PL_PROBE_OK && paths && paths->status == PL_PROBE_OK;
}

static void from_what_runs(struct pl_probe *p, struct choice *c)
{
	unsigned found = seen(p, true);
	bool processes = found != 0;

	found = found ? found : seen(p, false);
	c->from = processes ? "/proc" : "/run";
	for (size_t i = 0; i < DAEMONS; i++) {
		if (found != 1U << i)
			continue;
		c->runtime = daemons[i].runtime;
		c->basis = PL_INFERRED;
		c->note = processes ? "the only one that runs" : "the only one whose socket is there";
	}
	if (c->runtime)
		return;
	if (!found && looked(p)) {
		c->runtime = "none";
		c->note = "neither containerd nor CRI-O nor docker runs";
	} else if (!found) {
		c->why = pl_probe_why(p, pl_probe_section(p->answer, "process", 0));
	} else {
		c->why = "several run, and its kubelet does not say which it uses";
	}
}

static void choose(struct pl_probe *p, struct choice *c)
{
	if (!pl_probe_settled(p))
		c->why = pl_probe_why(p, NULL);
	else if (!from_endpoint(p, c) && !from_docker_flag(p, c) && !from_rancher(p, c))
		from_what_runs(p, c);
}

/* ---- its version ---- */

/* The first word that is a version: "containerd github.com/containerd/containerd v1.7.6 091922f". */
static const char *version_in(struct pl_probe *p, struct pl_slice s)
{
	while (s.n) {
		struct pl_slice word = pl_probe_word(&s);

		if (word.n > 1 && *word.p == 'v')
			word = (struct pl_slice){ word.p + 1, word.n - 1 };
		if (word.n && word.p[word.n - 1] == ',')
			word.n--;
		if (word.n && *word.p >= '0' && *word.p <= '9' && memchr(word.p, '.', word.n))
			return pl_probe_text(p, word);
	}
	return NULL;
}

static const char *process_of(const char *runtime)
{
	for (size_t i = 0; i < DAEMONS; i++)
		if (pl_streq(daemons[i].runtime, runtime))
			return daemons[i].process;
	return NULL;
}

/* The version of the first of its programs that said one; *why_not is the section that did not. */
static const char *find_version(struct pl_probe *p, const char *process, const char **from,
				const struct pl_probe_section **why_not)
{
	const struct pl_probe_section *s;

	for (size_t i = 0; (s = pl_probe_section(p->answer, "runtime", i)); i++) {
		struct pl_slice said = s->count ? pl_probe_after(s->lines[0], process) : (struct pl_slice){ NULL, 0 };
		const char *version = said.p && s->status == PL_PROBE_OK ? version_in(p, said) : NULL;

		*from = pl_model_strf(p->m, "%s --version", s->source);
		if (version)
			return version;
		*why_not = *why_not || s->status == PL_PROBE_OK ? *why_not : s;
	}
	return NULL;
}

static void add_version(struct pl_probe *p, const char *runtime)
{
	const struct pl_probe_section *why_not = NULL;
	const char *from = NULL, *version = find_version(p, process_of(runtime), &from, &why_not);
	const char *why;

	if (version) {
		pl_fact_text(p->m, p->o, PL_NODE_RUNTIME_VERSION, version, from);
		return;
	}
	why = why_not ? pl_probe_why(p, why_not) : p->answer->whole ?
	      pl_model_strf(p->m, "its program %s was not found", process_of(runtime)) :
	      pl_probe_why(p, NULL);
	pl_fact_unknown(p->m, p->o, PL_NODE_RUNTIME_VERSION, why, NULL);
}

void pl_probe_runtime(struct pl_probe *p)
{
	struct choice c = { .basis = PL_SET };
	struct pl_fact *f;

	choose(p, &c);
	if (!c.runtime) {
		pl_fact_unknown(p->m, p->o, PL_NODE_RUNTIME, c.why, c.from);
		pl_fact_unknown(p->m, p->o, PL_NODE_RUNTIME_VERSION, c.why, NULL);
		return;
	}
	f = pl_fact_text(p->m, p->o, PL_NODE_RUNTIME, c.runtime, c.from);
	f->basis = c.basis;
	f->note = c.note;
	if (process_of(c.runtime))
		add_version(p, c.runtime);
	else
		pl_fact_unknown(p->m, p->o, PL_NODE_RUNTIME_VERSION, "no container runtime runs", NULL);
}
