// SPDX-License-Identifier: LGPL-2.1-or-later
// The details of a job and its files. There are no signals for files, so they are read again when the job has changed, at most
// every two seconds.
import { FEATURES, JOB, PROPERTIES } from "./constants.js";
import { button, element, isolate, setAttribute } from "./dom.js";
import { clean, dateText, isKnown, isolated, rateText, sentence, sizeText } from "./format.js";
import { _ } from "./i18n.js";
import { LimitForm } from "./limit_form.js";
import { FILE_STATES, PRIORITIES, TYPES, wordOf } from "./words.js";

const FILES_AT_ONCE = 50;
const INTERVAL = 2000;

const entry = (label, value) => value ? [element("div", {}, element("dt", {}, label), element("dd", {}, isolate(value)))] : [];

export class JobDetails {
    #facts = element("dl", { class: "facts" });
    #explanation = element("p", { class: "explanation", hidden: true });
    #limit = new LimitForm(_("Limit"), _("Limit of the job in kB/s"), limit => this.#setLimit(limit));
    #files = element("ul", { class: "files" });
    #more = button(_("Show more files"), "link", () => this.#showMore(), { hidden: true });
    #shown = FILES_AT_ONCE;
    #readAt = -INTERVAL;
    #due = null;

    constructor(context, job) {
        this.context = context;
        this.path = job.Path;
        this.job = job;
        this.element = element("tr", { role: "row", class: "details" }, element("td", { role: "cell", colspan: context.showOwners ? 5 : 4 },
            this.#facts, this.#explanation, this.#limit.element, element("h3", {}, _("Files")), this.#files, this.#more));
        this.#read();
    }

    changed(job) {
        this.job = job;
        if (this.#due) return;
        const wait = Math.max(0, this.#readAt + INTERVAL - performance.now());
        this.#due = setTimeout(() => { this.#due = null; this.#read(); }, wait);
    }

    async #read() {
        this.#readAt = performance.now();
        const { service } = this.context;
        try {
            const [all, files, active] = await Promise.all([service.properties(this.path),
                service.files(this.path, 0, this.#shown), service.activeFiles(this.path)]);
            this.#showFacts(all);
            await this.#explain(all.Error);
            this.#showFiles(all, files, active);
        } catch (error) {
            if (this.element.isConnected) this.#files.replaceChildren(element("li", { class: "error" }, sentence(error.message)));
        }
    }

    #showMore() {
        this.#shown += FILES_AT_ONCE;
        this.#read();
    }

    #showFacts(job) {
        this.#facts.replaceChildren(
            ...entry(_("Description"), clean(job.Description)),
            ...entry(_("Type"), wordOf(TYPES, job.Type)),
            ...entry(_("Priority"), wordOf(PRIORITIES, job.Priority)),
            ...entry(_("App"), clean(job.AppId)),
            ...entry(_("Created"), dateText(job.CreationTime)),
            ...entry(_("Transferred"), dateText(job.TransferCompletionTime)),
            ...entry(_("Failures so far"), job.ErrorCount > 0 ? String(job.ErrorCount) : ""),
            ...entry(_("Identifier"), clean(job.Id)));
        if (this.context.service.has(FEATURES.limit)) this.#limit.show(job.BandwidthLimit);
    }

    async #setLimit(limit) {
        try {
            await this.context.service.call(this.path, PROPERTIES, "Set", "ssv", JOB, "BandwidthLimit", { t: "t", v: limit });
        } catch (error) {
            this.context.announcer.error(`${_("Limit")}: ${isolated(this.job.DisplayName)}`, sentence(error.message));
        }
    }

    /** What the error means, in Haulier's words. */
    async #explain([, name, code]) {
        const meaning = name ? await this.context.service.describe(name, code) : "";
        this.#explanation.textContent = sentence(meaning);
        this.#explanation.hidden = !meaning;
    }

    #showFiles(job, files, active) {
        const lines = files.map(file => this.#fileLine({ ...file, ...active.get(file.Index) }));
        const none = element("li", {}, _("There are no files."));
        this.#files.replaceChildren(...lines.length ? lines : [none]);
        this.#more.hidden = files.length < this.#shown || files.length >= job.FilesTotal;
    }

    #fileLine(file) {
        const share = isKnown(file.BytesTotal) && file.BytesTotal > 0 ? file.BytesTransferred / file.BytesTotal : undefined;
        const bar = element("progress", { max: 1, "aria-label": _("Progress of the file") });
        setAttribute(bar, "value", file.State === "transferred" ? 1 : share ?? 0);
        const rate = file.Rate > 0 ? `, ${rateText(file.Rate)}` : "";
        const amount = _("$0 of $1", sizeText(file.BytesTransferred), sizeText(file.BytesTotal)) + rate;
        const failed = file.State === "error" || file.State === "transient-error";
        return element("li", {},
            isolate(clean(file.LocalName), { class: "path" }), isolate(clean(file.RemoteName), { class: "url" }),
            element("div", { class: "bar" }, bar, element("span", { class: "amount" }, `${wordOf(FILE_STATES, file.State)}, ${amount}`)),
            failed ? element("p", { class: "error", dir: "auto" }, sentence(file.Error?.[3])) : null);
    }
}
