/* The bits of indicia.Flag: what is known about a value, or why there is none. One list for all rooms. */
#ifndef IC_FLAGS_H
#define IC_FLAGS_H

/* X(NAME, bit, what it means) */
#define IC_FLAG_LIST(X)                                                                                                \
    X(BREAK, 0, "break in the time series")                                                                            \
    X(DEFINITION_DIFFERS, 1, "definition differs, see metadata")                                                       \
    X(ESTIMATED, 2, "estimated")                                                                                       \
    X(FORECAST, 3, "forecast or projection")                                                                           \
    X(IMPUTED, 4, "imputed")                                                                                           \
    X(PROVISIONAL, 5, "provisional")                                                                                   \
    X(REVISED, 6, "revised")                                                                                           \
    X(LOW_RELIABILITY, 7, "low reliability")                                                                           \
    X(NOT_SIGNIFICANT, 8, "not significant")                                                                           \
    X(CONFIDENTIAL, 9, "confidential")                                                                                 \
    X(EXPERIMENTAL, 10, "experimental")                                                                                \
    X(DEROGATION, 11, "derogation")                                                                                    \
    X(INCLUDED_ELSEWHERE, 12, "included elsewhere")                                                                    \
    X(INCLUDES_OTHER, 13, "includes data of another category")                                                         \
    X(UNVALIDATED, 14, "unvalidated")                                                                                  \
    X(STRIKE, 15, "affected by a strike or another special event")                                                     \
    X(ZERO, 16, "exactly nil")                                                                                         \
    X(LESS_THAN_HALF, 17, "zero by rounding: less than half of the unit shown")                                        \
    X(NOT_AVAILABLE, 18, "missing: not available")                                                                     \
    X(NOT_APPLICABLE, 19, "missing: cannot exist")                                                                     \
    X(NOT_COLLECTED, 20, "missing: not collected")                                                                     \
    X(SUPPRESSED, 21, "missing: suppressed")                                                                           \
    X(NOT_YET, 22, "missing: not yet available")                                                                       \
    X(PARTIAL, 23, "an aggregate with a missing part")                                                                 \
    X(JOINT, 24, "a figure for two periods together")                                                                  \
    X(SPLIT, 25, "a joint figure divided when asked")                                                                  \
    X(UNDEFINED, 26, "a rate on a zero or negative base")                                                              \
    X(DERIVED, 27, "a hole filled when asked")                                                                         \
    X(OTHER, 28, "a mark that has no bit of its own")

enum {
#define IC_FLAG_VALUE(name, bit, text) IC_FLAG_##name = 1 << bit,
    IC_FLAG_LIST(IC_FLAG_VALUE)
#undef IC_FLAG_VALUE
};

#endif
