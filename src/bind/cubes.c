#include "bind/bind.h"

PyMethodDef ib_cube_functions[] = {
    {NULL, NULL, 0, NULL},
};
