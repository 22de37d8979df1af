#include "bind/bind.h"

PyMethodDef ib_number_functions[] = {
    {NULL, NULL, 0, NULL},
};
