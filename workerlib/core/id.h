#ifndef CVN_CORE_ID_H
#define CVN_CORE_ID_H
/* Two cores with one id find the same texts valid. Raise it with whatever changes an answer of the core. */

#define CORE_ID "1"

#endif
