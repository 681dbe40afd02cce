// SPDX-License-Identifier: LGPL-2.1-or-later
// The table of jobs. Rows stay where they are while their jobs change.
import { button, element, setText } from "./dom.js";
import { isolated } from "./format.js";
import { _ } from "./i18n.js";
import { matches } from "./job.js";
import { JobRow } from "./job_row.js";
import { RESULTS, wordOf } from "./words.js";

const AT_ONCE = 100;

const heading = (label, hidden = false) =>
    element("th", { role: "columnheader", scope: "col" }, hidden ? element("span", { class: "only-read" }, label) : label);

export class JobsView {
    #rows = new Map(); // path → JobRow
    #shown = AT_ONCE;
    #filter = element("input", { type: "search", class: "filter", placeholder: _("Filter"), "aria-label": _("Filter the jobs"),
        on: { input: () => this.update() } });
    #table;
    #none = element("p", { class: "none" });
    #more = button(_("Show more jobs"), "secondary", () => { this.#shown += AT_ONCE; this.update(); }, { hidden: true });

    constructor(context) {
        this.context = context;
        const head = element("thead", { role: "rowgroup" }, element("tr", { role: "row" }, heading(_("Name")),
            context.showOwners ? heading(_("Owner")) : null, heading(_("State")), heading(_("Progress")), heading(_("Actions"), true)));
        this.#table = element("table", { role: "table", class: "jobs", "aria-label": _("Jobs"), tabindex: "-1" }, head);
        this.filter = this.#filter;
        this.element = element("div", {}, this.#table, this.#none, this.#more);
    }

    update() {
        const { jobs } = this.context.service.model;
        const wanted = jobs.filter(job => matches(job, this.#filter.value, this.context.owners.nameOf(job.Owner)));
        this.#show(wanted.slice(0, this.#shown));
        this.#table.hidden = wanted.length === 0;
        this.#more.hidden = wanted.length <= this.#shown;
        this.#filter.hidden = jobs.length === 0;
        this.#none.hidden = wanted.length > 0;
        setText(this.#none, jobs.length > 0 ? _("No job matches the filter.") : _("There are no jobs."));
    }

    /** Moves no row that is in its place, because moving an element takes the focus from it. */
    #show(jobs) {
        const paths = new Set(jobs.map(job => job.Path));
        for (const [path, row] of this.#rows) if (!paths.has(path)) this.#remove(path, row);
        let place = this.#table.tHead;
        for (const job of jobs) {
            const row = this.#rows.get(job.Path) ?? this.#make(job);
            if (row.job !== job) row.update(job);
            if (place.nextElementSibling !== row.element) place.after(row.element);
            place = row.element;
        }
    }

    #make(job) {
        const row = new JobRow(this.context, job);
        this.#rows.set(job.Path, row);
        return row;
    }

    /** The focus goes to the neighbour. */
    #remove(path, row) {
        const neighbour = row.element.nextElementSibling ?? row.element.previousElementSibling;
        const focused = row.hasFocus();
        row.element.remove();
        this.#rows.delete(path);
        if (!focused) return;
        const next = [...this.#rows.values()].find(other => other.element === neighbour);
        if (next) next.focus();
        else this.#table.focus();
    }

    /** Texts that follow the names of users, or the clock. */
    refresh() {
        for (const row of this.#rows.values()) row.update(row.job);
    }

    tick() {
        const now = Date.now() * 1000;
        for (const row of this.#rows.values()) row.tick(now);
    }

    ended(facts, result) {
        this.context.announcer.tell(`${isolated(facts.DisplayName)}: ${wordOf(RESULTS, result)}`);
    }
}
