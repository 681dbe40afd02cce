// SPDX-License-Identifier: LGPL-2.1-or-later
// What has happened, in words that stay until they are closed (errors) or are replaced (news).
import { button, element, isolate, setText } from "./dom.js";
import { _ } from "./i18n.js";

const MOST_ERRORS = 5;

export class Announcer {
    #news = element("p", { class: "only-read", role: "status", "aria-live": "polite" });
    #errors = element("div", { class: "errors", role: "alert" });
    element = element("div", {}, this.#news, this.#errors);

    /** For screen readers; the page shows it anyway. */
    tell(text) {
        setText(this.#news, text);
    }

    error(title, message) {
        const closed = event => event.target.closest(".alert").remove();
        while (this.#errors.children.length >= MOST_ERRORS) this.#errors.firstElementChild.remove();
        this.#errors.append(element("div", { class: "alert" },
            element("div", {}, isolate(title, { class: "alert-title" }), isolate(message, { class: "alert-text" })),
            button(_("Close"), "plain", closed)));
    }
}
