#ifndef CVN_TESTS_FCGI_CHECK_API_H
#define CVN_TESTS_FCGI_CHECK_API_H
/* The cases of the API, a file check_api_*.c each. */
#include "tests/fcgi/check_main.h"

check_case check_api_routes, check_api_requests, check_api_headers, check_api_replies, check_api_turn;

#endif
