/* Goal: what the platform decides, in the files check_ops_*.c. */
#include "tests/fcgi/check_ops.h"

CHECK_MAIN("ops", check_ops_tries, check_ops_secrets, check_ops_who, check_ops_proposals, check_ops_json,
	   check_ops_doors, check_ops_saves)
