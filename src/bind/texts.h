/* Arrays of text as the core wants them: bytes in UTF-8, one after the other. Takes a list or tuple of str, or a NumPy
   array of dtype U, S, object (str or bytes) or StringDType; None and NaN in objects are missing. */
#ifndef IB_TEXTS_H
#define IB_TEXTS_H

#include "bind/bind.h"

typedef struct ib_texts {
    PyObject *array;    /* contiguous NumPy array of dtype U, S or O; owned */
    npy_intp size;      /* elements */
    int ndim;           /* of the input; a scalar str gives 0 */
    npy_intp shape[64]; /* of the input */
    char *scratch;      /* one element, for dtype U */
    int kind;           /* 'U', 'S' or 'O' */
    int swapped;        /* U in foreign byte order */
    npy_intp itemsize;
} ib_texts;

/* -1 with an exception. */
int ib_texts_open(ib_texts *texts, PyObject *object);
/* Element i: 1 and its bytes (valid until the next call), 0 if it is missing, -1 with an exception if it is no text. */
int ib_texts_get(ib_texts *texts, npy_intp i, const char **text, size_t *length);
void ib_texts_close(ib_texts *texts);

#endif
