#ifndef CVN_CTL_HELP_H
#define CVN_CTL_HELP_H
/* The help, made from the tables of commands and options, so that it cannot promise what is not there. */
#include <stdio.h>

struct command;

/* The program's help, or with a command, that command's. */
void help_print(const struct command *, FILE *);

#endif
