// SPDX-License-Identifier: LGPL-2.1-or-later
// Numbers, dates and names as people read them, in the forms that haulierctl uses.
import { _, language } from "./i18n.js";

/** Whether a size is known: 2^64-1 arrives as -1 from some bridges, and as a rounded number from others. */
export const isKnown = size => typeof size === "number" && size >= 0 && size < 2 ** 63;

const UNITS = ["kB", "MB", "GB", "TB", "PB", "EB"];
const inUnit = (value, digits) =>
    new Intl.NumberFormat(language(), { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);

export function sizeText(bytes) {
    if (!isKnown(bytes)) return "?";
    if (bytes < 1000) return `${bytes} B`;
    let value = bytes / 1000;
    let unit = 0;
    while (value >= 999.95 && unit + 1 < UNITS.length) {
        value /= 1000;
        ++unit;
    }
    return `${inUnit(value, 1)} ${UNITS[unit]}`;
}

export const rateText = bytesPerSecond => `${sizeText(Math.round(bytesPerSecond))}/s`;

export const percentText = share =>
    new Intl.NumberFormat(language(), { style: "percent", maximumFractionDigits: 0 }).format(Math.floor(share * 100) / 100);

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export function spanText(seconds) {
    const whole = Math.max(0, Math.ceil(seconds));
    if (whole < 2 * MINUTE) return _("$0 s", whole);
    if (whole < 2 * HOUR) return _("$0 min", Math.floor(whole / MINUTE));
    if (whole < 2 * DAY) return _("$0 h", Math.floor(whole / HOUR));
    return _("$0 d", Math.floor(whole / DAY));
}

/** A date in microseconds; empty for 0, which means never. */
export function dateText(usec) {
    if (!isKnown(usec) || usec === 0) return "";
    return new Intl.DateTimeFormat(language(), { dateStyle: "medium", timeStyle: "short" }).format(usec / 1000);
}

// Control characters, and invisible characters that move the text around them or end the line.
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]/gu;
const REPLACEMENT = "\ufffd";

/** Names, paths and messages of others: one line, and nothing that changes the direction of what follows. */
export const clean = text => String(text ?? "").replace(UNSAFE, REPLACEMENT);

const FIRST_STRONG_ISOLATE = "\u2068";
const POP_ISOLATE = "\u2069";

/** The same within a sentence of ours. */
export const isolated = text => FIRST_STRONG_ISOLATE + clean(text) + POP_ISOLATE;

/** A clause as a sentence that stands alone. */
export function sentence(clause) {
    const text = clean(clause).trim();
    if (!text) return "";
    const first = text.charAt(0).toUpperCase() + text.slice(1);
    return /[.!?\u2026]$/.test(first) ? first : `${first}.`;
}
