#ifndef CVN_CTL_CHANGE_SET_H
#define CVN_CTL_CHANGE_SET_H
/* A change set, as every command that makes one or decides on one shows it. */
#include <stdio.h>

struct ctl;
struct json_object;
struct reply;

/* Prints all of it. */
void change_set_show(const struct ctl *, const struct reply *);

/* Prints what was written: the difference, the state that it is in now, and what is next. */
void change_set_told(const struct ctl *, const struct reply *);

/* Prints what an approval is bound to: whose change it is, the difference, the hash. */
void change_set_content(struct json_object *set, FILE *);

#endif
