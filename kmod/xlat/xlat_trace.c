// SPDX-License-Identifier: GPL-2.0
/* The one place where the tracepoints of the translator are defined. */
#define CREATE_TRACE_POINTS
#include "xlat_trace.h"
