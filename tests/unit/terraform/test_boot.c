/* SPDX-License-Identifier: Apache-2.0 */
/* What an instance is told at boot: read, not given, or not in the file and why. */
#include "base/limits.h"
#include "reading.h"

#define AGENT "curl -sfL https://get.k3s.io | K3S_URL=https://server:6443 sh -s - agent --node-label a=b"
#define DIGEST "da39a3ee5e6b4b0d3255bfef95601890afd80709"
#define TEMPLATE(after, unknown, written) \
	PLAN(MADE("t_template", "t", after, unknown), "'resources':[" BLOCK("", "t_template", "t", written) "]")

static const char *const paths[] = { "user_data_base64", "user_data", NULL };

static const struct {
	const char *plan;
	int state;
	const char *path, *waits_for;
	size_t labels;
} cases[] = {
	{ TEMPLATE("", "", ""), PL_TF_BOOT_NONE, NULL, NULL, 0 },
	{ TEMPLATE("'user_data':''", "", ""), PL_TF_BOOT_NONE, NULL, NULL, 0 },
	{ TEMPLATE("'user_data':'" AGENT "'", "", ""), PL_TF_BOOT_READ, "user_data", NULL, 1 },
	{ TEMPLATE("'user_data':'" DIGEST "'", "", ""), PL_TF_BOOT_UNKNOWN, "user_data",
	  "the provider keeps only a digest of the script", 0 },
	{ TEMPLATE("", "'user_data':true", "'user_data':" REFERS("'local.script'")), PL_TF_BOOT_UNKNOWN,
	  "user_data", "local.script", 0 },
	/* the other form is computed from the one that is set */
	{ TEMPLATE("'user_data':'" AGENT "'", "'user_data_base64':true", "'user_data_base64':" REFERS("'local.x'")),
	  PL_TF_BOOT_READ, "user_data", NULL, 1 },
	{ TEMPLATE("", "'user_data':true", ""), PL_TF_BOOT_NONE, NULL, NULL, 0 },
};

static void texts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		pl_auto_model struct pl_model *m = pl_model_new();
		struct pl_tf *tf = read_plan(m, cases[i].plan);
		const struct pl_tf_boot *boot = pl_tf_boot(tf, at_address(tf, "t_template.t"), paths);

		assert_int_equal(boot->state, cases[i].state);
		assert_true(pl_streq(boot->path, cases[i].path));
		assert_true(pl_streq(boot->waits_for, cases[i].waits_for));
		assert_int_equal(boot->says.label_count, cases[i].labels);
		pl_tf_free(tf);
	}
}

/* No cloud takes such a script, so nothing of it is read. */
static void a_text_beyond_the_limit(void **state)
{
	pl_auto_model struct pl_model *m = pl_model_new();
	const struct pl_tf_boot *boot;
	pl_auto_buf plan = PL_BUF_INIT;
	struct pl_tf *tf;

	(void)state;
	pl_buf_adds(&plan, "{'format_version':'1.2','resource_changes':[{'address':'t_template.t','mode':'managed',"
			   "'type':'t_template','name':'t','change':{'actions':['create'],'after':{'user_data':'" AGENT);
	pl_buf_pad(&plan, ' ', PL_LIMIT_USERDATA_BYTES);
	pl_buf_adds(&plan, "'}}}]}");
	tf = read_plan(m, plan.data);
	boot = pl_tf_boot(tf, at_address(tf, "t_template.t"), paths);
	assert_int_equal(boot->state, PL_TF_BOOT_UNKNOWN);
	assert_string_equal(boot->waits_for, "the script is larger than any cloud accepts");
	pl_tf_free(tf);
}

/* ---- provisioners ---- */

#define RUNS(command) "'provisioners':[{'type':'remote-exec','expressions':{'inline':" command "}}],"
#define PROVISIONED(own, more) \
	PLAN(MADE("t_template", "t", "", ""), "'resources':[" BLOCK(own, "t_template", "t", "") more "]")
#define RUNNER(command, triggers) \
	"," BLOCK(RUNS(command), "null_resource", "install", "'triggers':" REFERS(triggers))
#define OF_TEMPLATE "'t_template.t.id','t_template.t'"

static const struct {
	const char *plan;
	int state;
	const char *waits_for;
	size_t labels;
} provisioned[] = {
	{ PROVISIONED(RUNS("{'constant_value':['" AGENT "']}"), ""), PL_TF_BOOT_READ, NULL, 1 },
	{ PROVISIONED(RUNS(REFERS("'var.command'")), ""), PL_TF_BOOT_UNKNOWN,
	  "the command of t_template.t is not in the file, only what it refers to", 0 },
	{ PROVISIONED("", RUNNER("{'constant_value':['" AGENT "']}", OF_TEMPLATE)), PL_TF_BOOT_READ, NULL, 1 },
	{ PROVISIONED("", RUNNER(REFERS("'local.command'"), OF_TEMPLATE)), PL_TF_BOOT_UNKNOWN,
	  "the command of null_resource.install is not in the file, only what it refers to", 0 },
	/* one that is about something else says nothing of this instance */
	{ PROVISIONED("", RUNNER("{'constant_value':['" AGENT "']}", "'var.x'")), PL_TF_BOOT_NONE, NULL, 0 },
};

static void provisioners(void **state)
{
	static const char *const none[] = { NULL };

	(void)state;
	for (size_t i = 0; i < sizeof provisioned / sizeof *provisioned; i++) {
		pl_auto_model struct pl_model *m = pl_model_new();
		struct pl_tf *tf = read_plan(m, provisioned[i].plan);
		struct pl_tf_resource *r = at_address(tf, "t_template.t");
		const struct pl_tf_boot *boot = pl_tf_boot(tf, r, none);

		pl_tf_boot_provisioners(tf, r);
		assert_int_equal(boot->state, provisioned[i].state);
		assert_true(pl_streq(boot->waits_for, provisioned[i].waits_for));
		assert_int_equal(boot->says.label_count, provisioned[i].labels);
		pl_tf_free(tf);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts),
		cmocka_unit_test(a_text_beyond_the_limit),
		cmocka_unit_test(provisioners),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
