#ifndef CVN_API_ROUTE_LIST_H
#define CVN_API_ROUTE_LIST_H
/* The route table for other programs: what tests of roles are generated from. */
#include <stdbool.h>
#include <stdio.h>

/*
 * Writes a JSON array, a line a row:
 * {"method","pattern","anybody","roles":[...],"everywhere","takes_body","match"}, where match is none,
 * required or or_none. False: the stream could not be written.
 */
bool route_list_print(FILE *);

#endif
