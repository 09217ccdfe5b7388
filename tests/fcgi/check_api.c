/* Goal: what the API decides by itself, over a transport in memory and without a database. */
#include "tests/fcgi/check_api.h"

CHECK_MAIN("api", check_api_routes, check_api_requests, check_api_headers, check_api_replies,
	   check_api_turn)
