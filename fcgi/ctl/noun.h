#ifndef CVN_CTL_NOUN_H
#define CVN_CTL_NOUN_H
/* One file a noun, one function a verb: each asks, prints, and returns what the program exits with. */

struct ctl;

int noun_config_get(const struct ctl *);
int noun_config_set(const struct ctl *);
int noun_config_plan(const struct ctl *);
int noun_run_freeze(const struct ctl *);
int noun_run_list(const struct ctl *);
int noun_run_diff(const struct ctl *);
int noun_run_rerun(const struct ctl *);
int noun_worker_list(const struct ctl *);
int noun_watch(const struct ctl *);

#endif
