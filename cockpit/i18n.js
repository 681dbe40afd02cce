// SPDX-License-Identifier: LGPL-2.1-or-later
// Translation. Cockpit loads the catalogue po.LANGUAGE.js of the user's language.

/** The translation of a message, with $0, $1 ... replaced by the values. */
export function _(message, ...values) {
    const translated = globalThis.cockpit ? globalThis.cockpit.gettext(message) : message;
    return values.length ? translated.replace(/\$(\d)/g, (_placeholder, index) => values[Number(index)]) : translated;
}

/** Marks a message that goes through _() later. */
export const N_ = message => message;

/** The language of numbers and dates. */
export function language() {
    const wanted = (globalThis.cockpit?.language || "en").replace("_", "-");
    return Intl.NumberFormat.supportedLocalesOf([wanted]).length ? wanted : "en";
}
