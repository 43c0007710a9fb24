/* run_folder.c - see run_folder.h. */
#include "run_folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mem.h"
#include "summary.h"
#include "temp_file.h"

static const struct farm_row folder_rows[RF_ROWS] = {
	[RF_LEASE] = { "dhcp_lease", "address", 1, 2, false },
	[RF_LOGIN] = { "krb_login", "identity", 11, 12, false },
	[RF_TLS] = { "pool_tls", "pool", 20, 21, false },
	[RF_REGISTER] = { "sip_register", "sign-in", 0, 0, false },
	[RF_UPDATE] = { "update_ask", "update", 24, 25, false },
	[RF_RENEW] = { "dhcp_renew", "address", 0, 0, true },
};

static const char *const folder_reasons[RF_REASONS] = { "none", "timeout", "refused", "auth" };

/* A test that cannot make its own files has nothing to say.  What it needs for them is not what
 * it lets fail: all that allocates here does so in a pause (mem.h). */
static void
must(bool ok)
{
	if (!ok)
		abort();
}

struct run_folder *
run_folder_new(const char *name)
{
	static const char *const argv[] = { "cx700farm", "run", "storm.yaml", "-o", "out" };
	long left = mem_fail_at(0);
	struct run_folder *f = mem_new(sizeof *f);

	must(f != NULL);
	f->m = mem_new(sizeof *f->m);
	must(f->m != NULL);
	(void)snprintf(f->path, sizeof f->path, "%s/%s", temp_folder(), name);
	must(mkdir(f->path, 0700) == 0);
	f->m->n_rows = RF_ROWS;
	f->m->phones = (struct phone_counts){
		.started = RF_PHONES, .arrived = RF_PHONES, .finished = RF_PHONES
	};
	f->run = (struct report_run){ .version = "0.1.0",
		.scenario = "storm.yaml",
		.title = "Power restored",
		.pool = "embedded",
		.seed = 7,
		.threads = 2,
		.argc = 5,
		.argv = (char **)(uintptr_t)argv,
		.planned = RF_PHONES,
		.rows = folder_rows,
		.n_rows = RF_ROWS,
		.reasons = folder_reasons,
		.n_reasons = RF_REASONS };
	f->end = (struct report_end){
		.verdict = REPORT_PASS, .metrics = f->m, .wall_s = 10, .expect = f->expect
	};
	(void)mem_fail_at(left);
	return f;
}

void
run_folder_free(struct run_folder *f)
{
	json_decref(f->patch);
	buf_done(&f->trace);
	mem_free(f->m);
	mem_free(f);
}

void
run_folder_done(struct run_folder *f, unsigned row, uint64_t us, unsigned times)
{
	f->m->row[row].attempts += times;
	f->m->row[row].done += times;
	hist_add_many(&f->m->row[row].latency, us, times);
}

void
run_folder_failed(struct run_folder *f, unsigned row, unsigned why, unsigned times)
{
	f->m->row[row].attempts += times;
	f->m->row[row].failed += times;
	f->m->row[row].reasons[why] += times;
}

void
run_folder_phone(
    struct run_folder *f, uint32_t phone, unsigned row, unsigned why, uint32_t at_ms)
{
	f->phone[phone] = (struct farm_phone){ .outcome = FARM_FAILED,
		.row = (uint8_t)row,
		.why = (uint8_t)why,
		.ended_ms = at_ms };
	f->m->phones.failed++;
	f->m->phones.finished--;
	f->m->phones.arrived--;
}

void
run_folder_row(struct run_folder *f, uint32_t phone, const struct run_folder_row *r)
{
	long left = mem_fail_at(0);
	char why[32] = "null";

	if (r->why != NULL)
		(void)snprintf(why, sizeof why, "\"%s\"", r->why);
	buf_printf(&f->trace,
	    "{\"phone\": %u, \"mac\": \"00:04:f2:10:00:%02x\", \"t_ms\": %.3f, \"ms\": %.3f, "
	    "\"step\": \"%s\", \"guide\": %s, \"try\": %u, \"verdict\": \"%s\", \"why\": %s, "
	    "\"detail\": \"%s\", \"seen\": %s}\n",
	    phone, phone, r->t_ms, r->ms, r->step, r->guide != NULL ? r->guide : "null",
	    r->tries != 0 ? r->tries : 1, r->verdict != NULL ? r->verdict : "done", why,
	    r->detail != NULL ? r->detail : "", r->seen != NULL ? r->seen : "{}");
	(void)mem_fail_at(left);
}

void
run_folder_expect(struct run_folder *f, const char *text, const char *value, bool pass)
{
	struct report_expect *e = &f->expect[f->end.n_expect++];

	must(f->end.n_expect <= RF_EXPECT);
	*e = (struct report_expect){ .text = text, .pass = pass };
	(void)snprintf(e->value, sizeof e->value, "%s", value);
	if (!pass)
		f->end.verdict = REPORT_FAIL;
}

static int
folder_chunk(const char *bytes, size_t n, void *out)
{
	buf_put(out, bytes, n);
	return 0;
}

/* The summary as it would be, with what the test wants otherwise. */
static void
folder_summary(const struct run_folder *f)
{
	struct buf out = { 0 };
	json_t *tree;

	must(summary_json(&f->run, &f->end, &out) == 0);
	tree = json_loadb((const char *)out.p, out.n, 0, NULL);
	must(tree != NULL);
	if (f->patch != NULL)
		json_object_update(tree, f->patch);
	buf_clear(&out);
	must(json_dump_callback(tree, folder_chunk, &out, JSON_INDENT(1)) == 0);
	run_folder_put(f, "summary.json", buf_cstr(&out));
	json_decref(tree);
	buf_done(&out);
}

static void
folder_course(const struct run_folder *f)
{
	const struct farm_end end = {
		.metrics = f->m, .phone = f->phone, .wall_s = f->end.wall_s
	};
	struct course *course = NULL;
	struct buf out = { 0 };

	must(course_new(&f->run, &course) == 0);
	course_end(course, &end);
	must(course_json(course, &out) == 0);
	run_folder_put(f, "course.json", buf_cstr(&out));
	course_free(course);
	buf_done(&out);
}

const char *
run_folder_write(struct run_folder *f)
{
	long left = mem_fail_at(0);

	folder_summary(f);
	folder_course(f);
	run_folder_put(f, "trace.jsonl", f->trace.n > 0 ? buf_cstr(&f->trace) : "");
	(void)mem_fail_at(left);
	return f->path;
}

void
run_folder_put(const struct run_folder *f, const char *name, const char *text)
{
	must(summary_write(f->path, name, span_of(text)) == 0);
}

void
run_folder_drop(const struct run_folder *f, const char *name)
{
	char path[512];

	(void)snprintf(path, sizeof path, "%s/%s", f->path, name);
	must(unlink(path) == 0);
}

char *
run_folder_get(const struct run_folder *f, const char *name)
{
	long left = mem_fail_at(0);
	char path[512], *text;
	struct stat st;
	FILE *in;

	(void)snprintf(path, sizeof path, "%s/%s", f->path, name);
	in = fopen(path, "rbe");
	must(in != NULL && fstat(fileno(in), &st) == 0);
	text = mem_new((size_t)st.st_size + 1);
	must(text != NULL && fread(text, 1, (size_t)st.st_size, in) == (size_t)st.st_size);
	(void)fclose(in);
	(void)mem_fail_at(left);
	return text;
}

struct run_dir *
run_folder_open(const struct run_folder *f)
{
	long left = mem_fail_at(0);
	struct run_dir *d = NULL;
	struct buf error = { 0 };

	must(run_dir_open(f->path, &d, &error) == 0);
	buf_done(&error);
	(void)mem_fail_at(left);
	return d;
}
