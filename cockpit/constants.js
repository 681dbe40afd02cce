// SPDX-License-Identifier: LGPL-2.1-or-later
// Names on the bus, and the words in Manager.Features that the page depends on.

export const NAME = "org.haulier.Haulier1";
export const ROOT = "/org/haulier/Haulier1";
export const MANAGER = `${NAME}.Manager`;
export const JOB = `${NAME}.Job`;
export const PROPERTIES = "org.freedesktop.DBus.Properties";

// Controls for these are shown only if the daemon has the feature.
export const FEATURES = { hold: "hold", limit: "bandwidth-limit", userLimit: "user-bandwidth-limit" };

// ListJobs returns a shorter list only if it is complete.
export const LIST_AT_ONCE = 256;
