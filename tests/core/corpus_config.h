#ifndef CVN_TESTS_CORE_CORPUS_CONFIG_H
#define CVN_TESTS_CORE_CORPUS_CONFIG_H
/* The verbs about a configuration: of a rule, of changes, of boundaries and of the life of a change set. */
struct corpus_test;

void corpus_config_rule(struct corpus_test *);
void corpus_config_apply(struct corpus_test *);
void corpus_config_boundary(struct corpus_test *);
void corpus_config_lifecycle(struct corpus_test *);

#endif
