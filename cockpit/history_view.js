// SPDX-License-Identifier: LGPL-2.1-or-later
// Jobs that have ended. They are read when the section is opened, and again when a job ends.
import { element, isolate } from "./dom.js";
import { clean, dateText, sentence, sizeText } from "./format.js";
import { _ } from "./i18n.js";
import { RESULTS, wordOf } from "./words.js";

const NEWEST = 50;

const cell = (label, ...content) => element("td", { role: "cell", "data-label": label }, ...content);
const heading = label => element("th", { role: "columnheader", scope: "col" }, label);

export class HistoryView {
    #content = element("div");

    constructor(context) {
        this.context = context;
        this.element = element("details", { class: "card history", on: { toggle: () => this.changed() } },
            element("summary", {}, element("h2", {}, _("Ended jobs"))), this.#content);
    }

    async changed() {
        if (!this.element.open) return;
        try {
            const jobs = await this.context.service.ended(NEWEST);
            this.#content.replaceChildren(jobs.length ? this.#table(jobs) : element("p", { class: "none" }, _("There are none.")));
        } catch (error) {
            this.#content.replaceChildren(element("p", { class: "error" }, sentence(error.message)));
        }
    }

    #table(jobs) {
        const { showOwners } = this.context;
        return element("table", { role: "table", class: "jobs", "aria-label": _("Ended jobs") },
            element("thead", { role: "rowgroup" }, element("tr", { role: "row" }, heading(_("Name")),
                showOwners ? heading(_("Owner")) : null, heading(_("Result")), heading(_("Size")), heading(_("Ended")))),
            element("tbody", { role: "rowgroup" }, ...jobs.map(job => this.#row(job))));
    }

    #row(job) {
        const { showOwners, owners } = this.context;
        const failed = job.Result !== "complete" && job.Error?.[3];
        return element("tr", { role: "row" },
            element("th", { role: "rowheader", scope: "row" }, element("div", { class: "title" },
                isolate(clean(job.DisplayName), { class: "name" }), isolate(clean(job.Target), { class: "path" }))),
            showOwners ? cell(_("Owner"), isolate(owners.nameOf(job.Owner))) : null,
            cell(_("Result"), element("div", {}, element("span", { class: `state state-${clean(job.Result)}` }, wordOf(RESULTS, job.Result)),
                failed ? element("p", { class: "error", dir: "auto" }, sentence(job.Error[3])) : null)),
            cell(_("Size"), sizeText(job.BytesTransferred)),
            cell(_("Ended"), dateText(job.EndTime)));
    }
}
