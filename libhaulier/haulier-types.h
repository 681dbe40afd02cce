// SPDX-License-Identifier: LGPL-2.1-or-later
// Forward declarations, because the types refer to each other.
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * HaulierClient:
 *
 * A connection to Haulier, from which jobs are created and found.
 */
typedef struct _HaulierClient HaulierClient;

/**
 * HaulierJob:
 *
 * A job of Haulier, followed as long as the object exists. Its main context must run for that.
 */
typedef struct _HaulierJob HaulierJob;

/**
 * HaulierRequest:
 *
 * A request for a new job.
 */
typedef struct _HaulierRequest HaulierRequest;

/**
 * HaulierCallback:
 *
 * An object on the bus that Haulier calls. Calls are acknowledged when they arrive, and reported by signals
 * of this object.
 */
typedef struct _HaulierCallback HaulierCallback;

/**
 * HaulierService:
 *
 * A program that the bus starts when Haulier has to notify it, and that ends when there are no more
 * notifications.
 */
typedef struct _HaulierService HaulierService;

G_END_DECLS
