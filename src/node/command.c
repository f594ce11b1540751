/* SPDX-License-Identifier: Apache-2.0 */
/* What one simple command of a boot script says about its node. */
#include <string.h>

#include "node/internal.h"

/* A command without what stands before it: sudo -E env A=b nohup ... */
struct plain {
	struct pl_boot *r;
	const struct pl_sh_command *c, *before;
	const char *name;          /* without its folder */
	const char *path;          /* as written */
	const char *const *args;
	size_t count;
	struct pl_map env;         /* assignments of this command, by name */
};

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool is_any(const char *word, const char *const *words)
{
	for (; *words; words++)
		if (!strcmp(word, *words))
			return true;
	return false;
}

static void env_set(struct plain *p, const char *name, size_t n, const char *value)
{
	*pl_map_put(&p->env, name, n) = pl_arena_strdup(&p->r->arena, value);
}

static const char *env_get(const struct plain *p, const char *name)
{
	const char *value = pl_map_get(&p->env, name, strlen(name));

	return value ? value : pl_map_get(&p->r->variables, name, strlen(name));
}

/* An installer's variable that stands before the command or was exported, whole or NULL. */
static const char *env_known(const struct plain *p, const char *name)
{
	return pl_boot_known(p->r, env_get(p, name));
}

/* A=b, as sudo and env take it. */
static bool take_assignment(struct plain *p, const char *word)
{
	size_t n = strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");

	if (!n || word[n] != '=')
		return false;
	env_set(p, word, n, word + n + 1);
	return true;
}

static bool strip(struct plain *p)
{
	static const char *const wrappers[] = { "sudo", "env", "exec", "nohup", "time", "command", "nice", NULL };
	static const char *const with_value[] = { "-u", "-g", "-n", NULL };
	size_t i = 0;
	bool wrapped = false;

	for (size_t k = 0; k < p->c->env_count; k++)
		env_set(p, p->c->env[k].key, strlen(p->c->env[k].key), p->c->env[k].value);
	for (; i < p->c->count; i++) {
		const char *word = p->c->words[i];

		if (is_any(base_name(word), wrappers))
			wrapped = true;
		else if (!wrapped || (!take_assignment(p, word) && word[0] != '-'))
			break;
		else if (is_any(word, with_value))
			i++;
	}
	if (i >= p->c->count)
		return false;
	p->path = p->c->words[i];
	p->name = base_name(p->path);
	p->args = p->c->words + i + 1;
	p->count = p->c->count - i - 1;
	return true;
}

/* The value of --name or --name=value among the arguments, or NULL. */
static const char *option(const struct plain *p, const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 0; i < p->count; i++) {
		if (strncmp(p->args[i], name, n))
			continue;
		if (p->args[i][n] == '=')
			return p->args[i] + n + 1;
		if (!p->args[i][n] && i + 1 < p->count)
			return p->args[i + 1];
	}
	return NULL;
}

static bool any_argument(const struct plain *p, const char *word)
{
	for (size_t i = 0; i < p->count; i++)
		if (strstr(p->args[i], word))
			return true;
	return false;
}

/* ---- EKS ---- */

void pl_boot_assigned(struct pl_boot *r, const char *name, const char *value)
{
	if (!strcmp(name, "KUBELET_EXTRA_ARGS"))
		pl_boot_kubelet_args(r, value);
	else if (!strcmp(name, "CONTAINER_RUNTIME")) {
		r->b->docker = !strcmp(value, "dockerd");
		r->b->containerd = !strcmp(value, "containerd");
	}
}

/* /etc/eks/bootstrap.sh NAME --option value ... */
static void eks_bootstrap(const struct plain *p)
{
	struct pl_bootstrap *b = p->r->b;
	const char *flags = option(p, "--kubelet-extra-args"), *runtime = option(p, "--container-runtime");

	b->kubelet_args = true;
	for (size_t i = 0; i < p->count; i++) {
		if (p->args[i][0] != '-') {
			b->cluster_name = pl_boot_known(p->r, p->args[i]);
			break;
		}
		i += !strchr(p->args[i], '='); /* every option of it takes a word */
	}
	if (flags)
		pl_boot_kubelet_args(p->r, flags);
	if (runtime)
		pl_boot_assigned(p->r, "CONTAINER_RUNTIME", runtime);
}

/* ---- k3s ---- */

static void set_role(const struct plain *p, const char *word, bool joins)
{
	if (word && !strcmp(word, "agent"))
		p->r->b->k3s = PL_K3S_AGENT;
	else if (word && !strcmp(word, "server"))
		p->r->b->k3s = PL_K3S_SERVER;
	else
		p->r->b->k3s = joins ? PL_K3S_AGENT : PL_K3S_SERVER;
}

/* The installer with the words given to it; the same in INSTALL_K3S_EXEC count too. */
static void k3s_installer(const struct plain *p, const char *const *words, size_t count)
{
	const char *exec = env_get(p, "INSTALL_K3S_EXEC"), *url = env_get(p, "K3S_URL");
	const char *version = env_known(p, "INSTALL_K3S_VERSION"), *known = pl_boot_known(p->r, url);
	const char **more = NULL, *first = NULL;
	size_t n = exec ? pl_sh_split(p->r, exec, &more) : 0;

	if (n && more[0][0] != '-')
		first = more[0];
	if (count && words[0][0] != '-' && !first)
		first = words[0];
	if (version)
		p->r->b->k3s_version = version;
	if (known)
		p->r->b->k3s_url = known;
	set_role(p, first, url && *url);
	pl_boot_k3s_args(p->r, more, n);
	pl_boot_k3s_args(p->r, words, count);
}

static bool fetches_k3s(const struct pl_sh_command *c)
{
	for (size_t i = 0; c && i < c->count; i++)
		if (strstr(c->words[i], "get.k3s.io") || strstr(c->words[i], "k3s-io/k3s/") ||
		    strstr(c->words[i], "rancher-mirror.rancher.cn/k3s"))
			return true;
	return false;
}

/* k3sup install|join --k3s-extra-args '...' --k3s-version V */
static void k3sup(const struct plain *p)
{
	const char *flags = option(p, "--k3s-extra-args"), *version = option(p, "--k3s-version");
	const char **words;

	if (!p->count || (strcmp(p->args[0], "install") && strcmp(p->args[0], "join")))
		return;
	set_role(p, NULL, !strcmp(p->args[0], "join") && !any_argument(p, "--server="));
	if (version)
		p->r->b->k3s_version = pl_boot_known(p->r, version);
	if (flags)
		pl_boot_k3s_args(p->r, words, pl_sh_split(p->r, flags, &words));
}

/* ---- shells ---- */

/* sh -c TEXT, sh FILE ARGS, sh -s - ARGS with the script on standard input. */
static void shell(const struct plain *p)
{
	size_t i = 0;

	for (; i < p->count && (p->args[i][0] == '-' || p->args[i][0] == '+'); i++) {
		if (strchr(p->args[i], 'c') && p->args[i][1] != '-' && i + 1 < p->count) {
			pl_boot_text(p->r, p->args[i + 1], strlen(p->args[i + 1]));
			return;
		}
		if (!strcmp(p->args[i], "-") || !strcmp(p->args[i], "--")) {
			i++;
			break;
		}
	}
	if (fetches_k3s(p->before) || fetches_k3s(p->c))
		k3s_installer(p, p->args + i, p->count - i);
	else if (p->c->input)
		pl_boot_text(p->r, p->c->input, strlen(p->c->input));
	else if (i < p->count && !pl_boot_file_run(p->r, p->args[i]) &&
		 (p->r->installer_saved || env_get(p, "INSTALL_K3S_EXEC")))
		k3s_installer(p, p->args + i + 1, p->count - i - 1);
}

/* ssh HOST 'COMMANDS', eval 'COMMANDS', su - USER -c 'COMMANDS' */
static void last_word(const struct plain *p)
{
	const char *word = p->count ? p->args[p->count - 1] : NULL;

	if (word && strpbrk(word, " \n"))
		pl_boot_text(p->r, word, strlen(word));
	else if (p->c->input)
		pl_boot_text(p->r, p->c->input, strlen(p->c->input));
}

/* ---- files ---- */

static void writes_file(const struct plain *p)
{
	static const char *const printers[] = { "echo", "printf", NULL };
	const char *path = p->c->target, *text = p->c->input;
	bool append = p->c->append;
	pl_auto_buf b = PL_BUF_INIT;

	if (!strcmp(p->name, "tee")) {
		for (size_t i = 0; i < p->count; i++)
			if (p->args[i][0] != '-')
				path = p->args[i];
			else
				append |= !strcmp(p->args[i], "-a");
		if (p->before && !text)
			text = p->before->input;
	}
	if (!text && (is_any(p->name, printers) || (p->before && is_any(base_name(p->before->words[0]), printers)))) {
		const struct pl_sh_command *c = is_any(p->name, printers) ? p->c : p->before;

		for (size_t i = 1; i < c->count; i++)
			if (c->words[i][0] != '-' || c->words[i][1] == '-')
				pl_buf_addf(&b, "%s%s", b.len ? " " : "", c->words[i]);
		pl_buf_addc(&b, '\n');
		text = b.data;
	}
	if (path && text && !pl_boot_is_open(path))
		pl_boot_file_add(p->r, path, text, strlen(text), append);
}

/* ---- what is installed into the cluster ---- */

static void installs(const struct plain *p)
{
	static const char *const verbs[] = { "apply", "create", "replace", "install", "upgrade", "template", NULL };
	const char *version = !strcmp(p->name, "helm") ? option(p, "--version") : NULL;
	bool fetch = !strcmp(p->name, "curl") || !strcmp(p->name, "wget"), does = fetch;

	for (size_t i = 0; i < p->count; i++)
		does = does || is_any(p->args[i], verbs);
	for (size_t i = 0; does && i < p->count; i++) {
		const char *word = p->args[i];
		bool file = strstr(word, ".yaml") || strstr(word, ".yml") || strstr(word, ".tgz");

		if (word[0] != '-' && (file || (!fetch && strchr(word, '/'))))
			pl_boot_evidence(p->r, word, version);
	}
}

static void runs_image(const struct plain *p)
{
	for (size_t i = 0; i < p->count; i++)
		if (strstr(p->args[i], "kube-vip"))
			pl_boot_evidence(p->r, "kube-vip", NULL);
}

/* ---- which is which ---- */

static void k3s_program(const struct plain *p)
{
	struct plain inner = *p;

	if (p->count && (!strcmp(p->args[0], "server") || !strcmp(p->args[0], "agent"))) {
		k3s_installer(p, p->args, p->count);
	} else if (p->count && !strcmp(p->args[0], "kubectl")) {
		inner.args++;
		inner.count--;
		installs(&inner);
	}
}

static void kubelet(const struct plain *p)
{
	for (size_t i = 0; i < p->count; i++)
		pl_boot_kubelet_args(p->r, p->args[i]);
}

static void saves_installer(const struct plain *p)
{
	p->r->installer_saved |= fetches_k3s(p->c);
	installs(p);
}

static const struct {
	const char *name;
	void (*says)(const struct plain *p);
} programs[] = {
	{ "bootstrap.sh", eks_bootstrap }, { "k3s", k3s_program }, { "k3sup", k3sup },
	{ "sh", shell },       { "bash", shell },      { "dash", shell },     { "ash", shell },
	{ "source", shell },   { ".", shell },         { "ssh", last_word },  { "eval", last_word },
	{ "su", last_word },   { "kubectl", installs }, { "helm", installs },
	{ "curl", saves_installer }, { "wget", saves_installer }, { "kubelet", kubelet },
	{ "ctr", runs_image }, { "docker", runs_image }, { "nerdctl", runs_image },
};

static void says(const struct plain *p)
{
	for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
		if (!strcmp(p->name, programs[i].name)) {
			programs[i].says(p);
			return;
		}
	/* a script by its path: one the text wrote, or k3s's installer that it fetched */
	if (!pl_boot_file_run(p->r, p->path) && pl_ends(p->name, ".sh") &&
	    (p->r->installer_saved || env_get(p, "INSTALL_K3S_EXEC")))
		k3s_installer(p, p->args, p->count);
}

void pl_boot_command(struct pl_boot *r, const struct pl_sh_command *c,
		     const struct pl_sh_command *before)
{
	struct plain p = { .r = r, .c = c, .before = before, .env = PL_MAP_INIT };

	if (strip(&p)) {
		if (c->target || !strcmp(p.name, "tee"))
			writes_file(&p);
		says(&p);
	}
	pl_map_release(&p.env);
}
