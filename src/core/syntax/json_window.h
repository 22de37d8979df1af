/* Between json.c, which knows the grammar, and json_window.c, which knows where the bytes are. */
#ifndef IC_JSON_WINDOW_H
#define IC_JSON_WINDOW_H

#include "core/syntax/json.h"

/* What the grammar allows next. */
enum ic_json_state {
    IC_JSON_AT_VALUE,     /* a value */
    IC_JSON_AT_FIRST,     /* a value, or the end of the array that has just begun */
    IC_JSON_AT_FIRST_KEY, /* a key, or the end of the object that has just begun */
    IC_JSON_AT_KEY,       /* a key */
    IC_JSON_AT_AFTER,     /* what may stand behind a value */
    IC_JSON_AT_ENDED,     /* nothing but white space up to the end of the file */
    IC_JSON_AT_VISITED    /* nothing is said */
};

IC_INLINE uint64_t ic_json_offset(const ic_json *json, const char *place) {
    return json->base + (uint64_t)(place - json->buffer);
}

/* Reads on behind what is there from `json->p` on, which moves to the front; json->finished, if nothing came. */
ic_status ic_json_more(ic_json *json, ic_error *error) IC_CHECKED;

#endif
