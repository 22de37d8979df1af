#include "bind/bind.h"

PyMethodDef ib_arrow_functions[] = {
    {NULL, NULL, 0, NULL},
};
