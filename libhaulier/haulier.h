// SPDX-License-Identifier: LGPL-2.1-or-later
// The whole of libhaulier.
#pragma once

#include "haulier-callback.h"
#include "haulier-client.h"
#include "haulier-errors.h"
#include "haulier-job.h"
#include "haulier-request.h"
#include "haulier-service.h"
