// SPDX-License-Identifier: LGPL-2.1-or-later
// The page: one panel for the system, one for the user's session.
import { Announcer } from "./announcer.js";
import { element } from "./dom.js";
import { _, language } from "./i18n.js";
import { Owners } from "./owners.js";
import { Panel } from "./panel.js";
import { Tabs } from "./tabs.js";
import { followTheme } from "./theme.js";

const { cockpit } = globalThis;
const TICK = 1000;

const LABELS = { system: () => _("System"), session: () => _("Your session") };

class Page {
    #panels = {};

    constructor(user, isAdministrator) {
        const announcer = new Announcer();
        const owners = new Owners(cockpit, () => this.#refresh());
        const tabs = new Tabs(_("Instances of Haulier"), key => { if (cockpit.location.path[0] !== key) cockpit.location.replace([key]); });
        for (const [bus, label] of Object.entries(LABELS)) {
            const onChange = () => {
                const count = this.#panels[bus]?.service.model.size ?? 0;
                tabs.label(bus, count ? `${label()} (${count})` : label());
            };
            const panel = new Panel({ cockpit, bus, isAdministrator, announcer, owners, onChange, folder: `${user.home}/` });
            this.#panels[bus] = panel;
            tabs.add(bus, label(), panel.element);
        }
        tabs.choose(cockpit.location.path[0]);
        this.moved = () => tabs.choose(cockpit.location.path[0]);
        cockpit.addEventListener("locationchanged", this.moved);
        this.watched = () => { for (const panel of Object.values(this.#panels)) panel.service.watch(!cockpit.hidden); };
        cockpit.addEventListener("visibilitychange", this.watched);
        this.element = element("div", { class: "page" }, element("h1", {}, _("Transfers")), announcer.element, tabs.element);
        this.timer = setInterval(() => this.#tick(), TICK);
    }

    close() {
        clearInterval(this.timer);
        cockpit.removeEventListener("locationchanged", this.moved);
        cockpit.removeEventListener("visibilitychange", this.watched);
        for (const panel of Object.values(this.#panels)) panel.close();
    }

    #tick() {
        if (cockpit.hidden) return;
        for (const panel of Object.values(this.#panels)) panel.jobs.tick();
    }

    #refresh() {
        for (const panel of Object.values(this.#panels)) panel.jobs.refresh();
    }
}

/** The page is made anew when administrative access is gained or given up. */
function show(user, permission) {
    let page;
    const make = () => {
        page?.close();
        page = new Page(user, Boolean(permission.allowed));
        document.getElementById("page").replaceChildren(page.element);
    };
    permission.addEventListener("changed", make);
    if (permission.allowed !== null) make();
}

followTheme();
document.documentElement.lang = language();
document.title = _("Transfers");
cockpit.user().then(user => show(user, cockpit.permission({ admin: true })));
