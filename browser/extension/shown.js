// SPDX-License-Identifier: LGPL-2.1-or-later
// Names and messages of others, before a person reads them.

const MOST = 300;

/** Without control characters and directional marks, which could make a name look like another. */
export const shown = text => text.slice(0, MOST).replace(/[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, "?");
