// SPDX-License-Identifier: LGPL-2.1-or-later
// The values of the controls.
import { dateText } from "./format.js";
import { _, N_ } from "./i18n.js";

const HOUR = 3600;

export const HOLDS = [
    { label: N_("until released"), seconds: 0 },
    { label: N_("for an hour"), seconds: HOUR },
    { label: N_("for eight hours"), seconds: 8 * HOUR },
];

/** The argument of Hold: 0 means until Release. `now` in milliseconds. */
export const untilOf = ({ seconds }, now) => seconds && now * 1000 + seconds * 1e6;

export function heldText(held, until) {
    if (!held) return "";
    return until > 0 ? _("All jobs are held until $0.", dateText(until)) : _("All jobs are held.");
}

/** Bytes a second of a number of kB/s; 0 is no limit. */
export const limitIn = text => Math.max(0, Math.round(Number(text) * 1000)) || 0;
