#ifndef CVN_CHECK_CTL_H
#define CVN_CHECK_CTL_H
#include <check.h>

TCase *check_args(void);    /* the command line */
TCase *check_text(void);    /* tables, targets, changes, refusals */
TCase *check_command(void); /* whole commands against the twin */
TCase *check_governed(void); /* the same, of what is approved, restored, applied to the catalog */

#endif
