// SPDX-License-Identifier: LGPL-2.1-or-later
// A limit in kB/s, of a job or of all jobs together.
import { button, element } from "./dom.js";
import { limitIn } from "./steering.js";
import { _ } from "./i18n.js";

export class LimitForm {
    #input;

    /** `set` is called with bytes a second; 0 is no limit. */
    constructor(text, label, set) {
        this.#input = element("input", { type: "number", min: 0, step: "any", placeholder: _("none"), "aria-label": label });
        this.element = element("form", { class: "limit", hidden: true }, element("span", {}, text), this.#input,
            element("span", {}, "kB/s"), button(_("Set"), "secondary", () => {}, { type: "submit" }));
        this.element.addEventListener("submit", event => {
            event.preventDefault();
            set(limitIn(this.#input.value));
        });
    }

    /** What is being typed stays. */
    show(bytesPerSecond) {
        this.element.hidden = false;
        if (document.activeElement !== this.#input) this.#input.value = bytesPerSecond > 0 ? bytesPerSecond / 1000 : "";
    }
}
