// SPDX-License-Identifier: LGPL-2.1-or-later
// The hold and the limit of all jobs together, if the daemon has these features.
import { FEATURES, MANAGER, PROPERTIES, ROOT } from "./constants.js";
import { button, element, setAttribute, setText } from "./dom.js";
import { sentence } from "./format.js";
import { LimitForm } from "./limit_form.js";
import { HOLDS, heldText, untilOf } from "./steering.js";
import { _ } from "./i18n.js";

export class Controls {
    #period = element("select", { "aria-label": _("How long to hold all jobs") },
        ...HOLDS.map(({ label }, index) => element("option", { value: index }, _(label))));
    #hold = button(_("Hold all jobs"), "secondary", () => this.#change(() => this.#holdAll()));
    #held = element("span", { class: "held" });
    #release = button(_("Release"), "secondary", () => this.#change(() => this.#releaseAll()));
    #holding = element("div", { class: "controls", hidden: true }, this.#hold, this.#period, this.#held, this.#release);
    #limit = new LimitForm(_("Limit of all jobs"), _("Limit of all your jobs in kB/s"), limit => this.#change(() => this.#setLimit(limit)));
    element = element("div", { class: "controls" }, this.#holding, this.#limit.element);

    constructor(context) {
        this.context = context;
    }

    update() {
        const { service } = this.context;
        const { Held: held = false, HeldUntil: until, BandwidthLimit: limit } = service.manager;
        this.#holding.hidden = !service.has(FEATURES.hold);
        // An administrator who sees the jobs of all users would limit those of root.
        if (service.has(FEATURES.userLimit) && !service.allUsers) this.#limit.show(limit);
        const focused = document.activeElement;
        this.#hold.hidden = this.#period.hidden = held;
        this.#release.hidden = this.#held.hidden = !held;
        if (focused === this.#hold && held) this.#release.focus();
        if (focused === this.#release && !held) this.#hold.focus();
        setText(this.#held, heldText(held, until));
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

    #setLimit(limit) {
        return this.context.service.call(ROOT, PROPERTIES, "Set", "ssv", MANAGER, "BandwidthLimit", { t: "t", v: limit });
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
