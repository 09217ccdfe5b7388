#ifndef CVN_TESTS_FCGI_CHECK_OPS_H
#define CVN_TESTS_FCGI_CHECK_OPS_H
/* The cases of the operations: what the platform decides. */
#include "tests/fcgi/check_main.h"

/* check_ops_who.c */
check_case check_ops_tries, check_ops_secrets, check_ops_who;

/* check_ops_proposal.c */
check_case check_ops_proposals, check_ops_doors;

/* check_ops_json.c */
check_case check_ops_json;

/* check_ops_save.c, on a database */
check_case check_ops_saves;

#endif
