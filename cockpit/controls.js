// SPDX-License-Identifier: LGPL-2.1-or-later
// What holds for all jobs together: a hold, and a limit of the rate. Each is there only if the daemon has the feature.
import { FEATURES, MANAGER, PROPERTIES, ROOT } from "./constants.js";
import { button, element, setAttribute, setText } from "./dom.js";
import { sentence } from "./format.js";
import { HOLDS, heldText, limitIn, untilOf } from "./steering.js";
import { _ } from "./i18n.js";

export class Controls {
    #period = element("select", { "aria-label": _("How long to hold all jobs") },
        ...HOLDS.map(({ label }, index) => element("option", { value: index }, _(label))));
    #hold = button(_("Hold all jobs"), "secondary", () => this.#change(() => this.#holdAll()));
    #held = element("span", { class: "held" });
    #release = button(_("Release"), "secondary", () => this.#change(() => this.#releaseAll()));
    #limit = element("input", { type: "number", min: 0, step: 1, placeholder: _("none"), "aria-label": _("Limit of all jobs together, in kB/s") });
    #holding = element("div", { class: "control", hidden: true }, this.#hold, this.#period, this.#held, this.#release);
    #limiting = element("form", { class: "control", hidden: true }, element("span", {}, _("Limit")), this.#limit, element("span", {}, "kB/s"),
        button(_("Set"), "secondary", () => {}, { type: "submit" }));
    element = element("div", { class: "controls" }, this.#holding, this.#limiting);

    constructor(context) {
        this.context = context;
        this.#limiting.addEventListener("submit", event => {
            event.preventDefault();
            this.#change(() => this.#setLimit());
        });
    }

    update() {
        const { service } = this.context;
        const { Held: held = false, HeldUntil: until, BandwidthLimit: limit } = service.manager;
        this.#holding.hidden = !service.has(FEATURES.hold);
        // The limit is that of the caller's own jobs.
        this.#limiting.hidden = !service.has(FEATURES.limit) || service.allUsers;
        const loses = [this.#hold, this.#release].indexOf(document.activeElement);
        this.#hold.hidden = this.#period.hidden = held;
        this.#release.hidden = this.#held.hidden = !held;
        if (loses === 0 && held) this.#release.focus();
        if (loses === 1 && !held) this.#hold.focus();
        setText(this.#held, heldText(held, until));
        if (document.activeElement !== this.#limit) this.#limit.value = limit > 0 ? Math.round(limit / 1000) : "";
    }

    #holdAll() {
        const { service } = this.context;
        const until = untilOf(HOLDS[this.#period.value], Date.now());
        return service.call(ROOT, MANAGER, service.allUsers ? "HoldAll" : "Hold", "t", until);
    }

    /** An administrator's own hold is shown like that of all users, so both end. */
    async #releaseAll() {
        const { service } = this.context;
        if (service.allUsers) await service.call(ROOT, MANAGER, "ReleaseAll");
        await service.call(ROOT, MANAGER, "Release");
    }

    #setLimit() {
        const limit = { t: "t", v: limitIn(this.#limit.value) };
        return this.context.service.call(ROOT, PROPERTIES, "Set", "ssv", MANAGER, "BandwidthLimit", limit);
    }

    async #change(call) {
        setAttribute(this.element, "aria-busy", "true");
        try {
            await call();
        } catch (error) {
            this.context.announcer.error(_("This was refused"), sentence(error.message));
        } finally {
            setAttribute(this.element, "aria-busy", false);
        }
    }
}
