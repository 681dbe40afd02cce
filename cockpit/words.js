// SPDX-License-Identifier: LGPL-2.1-or-later
// The words of the contract as people read them. A test compares them with the interface and with haulierctl.
import { N_, _ } from "./i18n.js";
import { clean } from "./format.js";

export const STATES = {
    "suspended": N_("Paused"),
    "queued": N_("Waiting"),
    "connecting": N_("Connecting"),
    "transferring": N_("Transferring"),
    "transient-error": N_("Trying again later"),
    "error": N_("Failed"),
    "transferred": N_("Transferred"),
    "acknowledged": N_("Completed"),
    "cancelled": N_("Cancelled"),
};

/** What a job waits for, as the object of "waiting for". */
export const AWAITED = {
    "turn": N_("its turn"),
    "held": N_("the end of a hold"),
    "window": N_("an hour at which it may run"),
    "not-before": N_("its start date"),
    "foreground-only": N_("its priority to be set to foreground"),
    "login": N_("its owner to log in"),
    "host": N_("the server, which has asked for a pause"),
    "storage": N_("its disk, which is full, read-only or not mounted"),
    "clock": N_("the clock of this machine, which seems to be wrong"),
    "client": N_("its app, which has been asked for another link"),
    "network": N_("a network"),
    "cost": N_("a network that it may use"),
    "power": N_("a power supply that it may use"),
};

/** The other reasons, as sentences; empty where the state says it all. */
export const SITUATIONS = {
    "running": "",
    "suspended": "",
    "empty": N_("There is no file in it yet."),
    "needs-ranges": N_("No program has asked for a part of the file yet."),
    "retry-delay": "",
    "needs-resume": "",
    "needs-complete": N_("The files have arrived and get their names with Complete."),
    "completing": N_("The files are getting their names."),
    "ended": "",
};

/** Of a file; its states are some of those of a job. */
export const FILE_STATES = {
    "queued": STATES.queued,
    "transferring": STATES.transferring,
    "transient-error": STATES["transient-error"],
    "error": STATES.error,
    "transferred": STATES.transferred,
    "removed": N_("Removed"),
};

export const RESULTS = {
    "complete": N_("Completed"),
    "partial": N_("Completed in part"),
    "cancelled": N_("Cancelled"),
    "expired": N_("Expired"),
};

export const TYPES = { "download": N_("Download"), "upload": N_("Upload"), "upload-reply": N_("Upload with reply") };

export const PRIORITIES = {
    "foreground": N_("Foreground"), "high": N_("High"), "normal": N_("Normal"), "low": N_("Low"),
};

/** A newer daemon may have words that are not in the table. */
export const wordOf = (table, word) => Object.hasOwn(table, word) ? table[word] && _(table[word]) : clean(word);
