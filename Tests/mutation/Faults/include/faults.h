#pragma once

#include <stdbool.h>

// Whether this fault is the one that is put in. faults.c
bool faulty(int number);
