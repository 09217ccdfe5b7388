#ifndef CVN_CTL_NOUN_H
#define CVN_CTL_NOUN_H
/* One file a noun, one function a verb: each asks, prints, and returns what the program exits with. */

struct ctl;

int noun_config_get(const struct ctl *);
int noun_config_set(const struct ctl *);
int noun_config_plan(const struct ctl *);
int noun_config_diff(const struct ctl *);
int noun_config_compare(const struct ctl *);
int noun_config_export(const struct ctl *);
int noun_config_import(const struct ctl *);
int noun_config_promote(const struct ctl *);
int noun_change_list(const struct ctl *);
int noun_change_show(const struct ctl *);
int noun_change_create(const struct ctl *);
int noun_change_edit(const struct ctl *);
int noun_change_submit(const struct ctl *);
int noun_change_approve(const struct ctl *);
int noun_change_reject(const struct ctl *);
int noun_change_withdraw(const struct ctl *);
int noun_change_rebase(const struct ctl *);
int noun_history_list(const struct ctl *);
int noun_history_restore(const struct ctl *);
int noun_history_verify(const struct ctl *);
int noun_catalog_list(const struct ctl *);
int noun_catalog_show(const struct ctl *);
int noun_catalog_apply(const struct ctl *);
int noun_environment_list(const struct ctl *);
int noun_environment_lock(const struct ctl *);
int noun_environment_unlock(const struct ctl *);
int noun_freeze_list(const struct ctl *);
int noun_freeze_create(const struct ctl *);
int noun_freeze_delete(const struct ctl *);
int noun_run_freeze(const struct ctl *);
int noun_run_list(const struct ctl *);
int noun_run_diff(const struct ctl *);
int noun_run_rerun(const struct ctl *);
int noun_worker_list(const struct ctl *);
int noun_completion(const struct ctl *);
int noun_watch(const struct ctl *);

#endif
