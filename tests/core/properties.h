#ifndef CVN_TESTS_CORE_PROPERTIES_H
#define CVN_TESTS_CORE_PROPERTIES_H
/*
 * What must hold for every text, tried on many: canonical(canonical(x)) = canonical(x); comparison is a
 * total, antisymmetric, transitive order that agrees with equality of canonical texts; what scan_json accepts
 * it accepts again in canonical form; arithmetic agrees with itself. Deterministic by the seed.
 */
#include <stdint.h>

/* NULL, or the property that failed first. mark gets 64 hex digits of everything that was answered. */
const char *properties_run(uint32_t seed, unsigned rounds, char mark[65]);

#endif
