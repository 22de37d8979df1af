#include "bind/bind.h"

PyMethodDef ib_period_functions[] = {
    {NULL, NULL, 0, NULL},
};
